const vi = {
  recordStart: 'Bắt đầu ghi âm',
  recordAsking: 'Bấm «Cho phép» để dùng micrô…',
  recording: 'Đang ghi âm',
  recordStop: 'Dừng ghi',
  recordAgain: 'Ghi lại',
  recordDelete: 'Xóa bản ghi',
  recordKeepOld: 'Bỏ bản đang ghi, giữ bản trước',
  recordTime: '{elapsed} / {most}',
  recorded: 'Bản ghi dài {time}. Nghe lại trước khi gửi.',
  listenAgain: 'Nghe lại bản ghi',
  recordHint: 'Ngồi nơi yên tĩnh, cách micrô một gang tay. Dài nhất {minutes} phút.',
  levelGood: 'Nghe rõ',
  levelFaint: 'Nghe rất nhỏ: nói to hơn hoặc đưa micrô lại gần',
  levelOverloaded: 'Quá to: đưa micrô ra xa một chút',
  recordLimit: 'Đã đủ {minutes} phút nên dừng ghi.',
  microphone: {
    insecure:
      'Trang này mở bằng http nên trình duyệt không cho dùng micrô (cần https). Hãy ghi âm bằng máy ghi âm của điện thoại rồi gửi tệp.',
    unsupported: 'Trình duyệt này không ghi âm được. Hãy ghi âm bằng máy ghi âm của điện thoại rồi gửi tệp.',
    denied: 'Chưa được phép dùng micrô. Mở quyền micrô cho trang này trong trình duyệt rồi bấm ghi lại.',
    missing: 'Máy này không có micrô. Cắm micrô, hoặc gửi tệp ghi âm.',
    busy: 'Micrô đang được ứng dụng khác dùng. Tắt ứng dụng đó rồi bấm ghi lại.',
    failed: 'Không ghi được âm. Bấm ghi lại.',
  },
};

export type SoundTexts = typeof vi;

const en: SoundTexts = {
  recordStart: 'Start recording',
  recordAsking: 'Tap “Allow” to use the microphone…',
  recording: 'Recording',
  recordStop: 'Stop',
  recordAgain: 'Record again',
  recordDelete: 'Delete the recording',
  recordKeepOld: 'Drop this one, keep the one before',
  recordTime: '{elapsed} / {most}',
  recorded: 'The recording lasts {time}. Listen to it before you send it.',
  listenAgain: 'Listen to the recording',
  recordHint: 'Sit where it is quiet, a hand away from the microphone. At most {minutes} minutes.',
  levelGood: 'Clear',
  levelFaint: 'Very faint: speak up, or bring the microphone nearer',
  levelOverloaded: 'Too loud: move the microphone away a little',
  recordLimit: 'Stopped: {minutes} minutes are the most.',
  microphone: {
    insecure:
      'This page was opened by http, so the browser does not allow the microphone (https is needed). Record with the telephone’s own recorder and send the file.',
    unsupported: 'This browser cannot record. Record with the telephone’s own recorder and send the file.',
    denied: 'The microphone is not allowed. Allow it for this page in the browser, then record again.',
    missing: 'There is no microphone. Plug one in, or send a recorded file.',
    busy: 'Another app uses the microphone. Close it, then record again.',
    failed: 'Nothing could be recorded. Try again.',
  },
};

export const SOUND_TEXTS = { vi, en } as const;
