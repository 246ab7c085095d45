import type { MediaProblemCode } from '../../../media/index.js';
import { defineProblems } from '../../platform/i18n/index.js';

/** What the audio engine may say of a file or a text, in the words of the person who must act. */
const texts = {
  'media.notAudio': {
    status: 422,
    vi: 'Tệp này không phải tệp âm thanh đọc được. Chọn tệp MP3, M4A, WAV, OGG hoặc FLAC khác.',
    en: 'This is not an audio file that can be read. Choose another MP3, M4A, WAV, OGG or FLAC file.',
  },
  'media.truncated': {
    status: 422,
    vi: 'Tệp âm thanh bị thiếu phần cuối. Chép lại hoặc xuất lại tệp rồi tải lên.',
    en: 'The end of the audio file is missing. Copy or export it again, then upload it.',
  },
  'media.durationUnknown': {
    status: 422,
    vi: 'Không đo được thời lượng của tệp âm thanh. Xuất lại tệp rồi tải lên.',
    en: 'The length of the audio file cannot be measured. Export it again, then upload it.',
  },
  'media.tooShort': {
    status: 422,
    vi: 'Bản thu quá ngắn. Kiểm tra lại tệp hoặc thu lại.',
    en: 'The recording is too short. Check the file or record again.',
  },
  'media.tooLong': {
    status: 422,
    vi: 'Bản thu quá dài. Chia thành nhiều phần rồi tải lên từng phần.',
    en: 'The recording is too long. Divide it and upload the parts.',
  },
  'media.silent': {
    status: 422,
    vi: 'Bản thu gần như không có tiếng. Kiểm tra micro rồi thu lại.',
    en: 'There is hardly any sound in the recording. Check the microphone and record again.',
  },
  'media.cannotLevel': {
    status: 422,
    vi: 'Âm thanh toàn tiếng gõ hoặc nổ ngắn nên không chỉnh được độ to. Thu lại tiếng nói liên tục rồi tải lên.',
    en: 'The sound is all clicks and cannot be brought to the right loudness. Record continuous speech and upload it.',
  },
  'media.toolMissing': {
    status: 503,
    vi: 'Máy chủ thiếu ffmpeg nên chưa xử lý được âm thanh. Báo quản trị cài ffmpeg rồi thử lại.',
    en: 'The service has no ffmpeg and cannot make audio. Ask the administrator to install it, then try again.',
  },
  'media.toolFailed': {
    status: 503,
    vi: 'Máy chủ không xử lý xong âm thanh sau nhiều lần thử. Lưu hoặc tải lên lại; nếu vẫn lỗi, báo quản trị.',
    en: 'The service could not make the audio, after several attempts. Save or upload again; if it persists, tell the administrator.',
  },
  'speech.textEmpty': {
    status: 422,
    vi: 'Bài viết không có chữ nào để đọc. Sửa nội dung rồi lưu lại.',
    en: 'The script has no words to read. Edit it and save again.',
  },
  'speech.textTooLong': {
    status: 422,
    vi: 'Bài viết quá dài để máy đọc. Chia thành nhiều bài rồi lưu lại.',
    en: 'The script is too long for the synthetic voice. Divide it into several and save again.',
  },
  'speech.languageUnsupported': {
    status: 422,
    vi: 'Chưa có giọng đọc máy cho ngôn ngữ này. Nhờ người đọc, thu âm rồi tải bản thu lên.',
    en: 'There is no synthetic voice for this language. Have a person read it, and upload the recording.',
  },
  'speech.failed': {
    status: 503,
    vi: 'Máy chủ không đọc được bài viết sau nhiều lần thử. Lưu lại; nếu vẫn lỗi, báo quản trị.',
    en: 'The service could not speak the script, after several attempts. Save again; if it persists, tell the administrator.',
  },
} as const satisfies Record<MediaProblemCode, { status: number; vi: string; en: string }>;

// Known to the registry from here on; views look them up by code.
export const mediaProblem = defineProblems(texts);

/** Faults of the machine, not of the file: another attempt may help. */
const OF_THE_MACHINE: readonly MediaProblemCode[] = ['media.toolMissing', 'media.toolFailed', 'speech.failed'];
export const isOfTheMachine = (code: MediaProblemCode): boolean => OF_THE_MACHINE.includes(code);
