import type { Language } from '../languages.js';

/** Every text of the page of a hamlet head. Vietnamese first; English has the same keys or does not compile. */
const vi = {
  title: 'Bà con nghe rõ không?',
  otherLanguage: 'English',
  loading: 'Đang mở…',
  again: 'Thử lại',
  offline: 'Mất kết nối. Kiểm tra mạng rồi thử lại.',
  place: 'Loa truyền thanh {hamlet}, {commune}',
  placeAlone: 'Loa truyền thanh {hamlet}',
  head: 'Trang riêng của {name}',
  private: 'Không chuyển liên kết này cho người khác. Dùng đến {day}.',
  running: 'Đang có buổi phát, dự kiến xong lúc {time}. Nghe xong mời mở lại trang này.',
  nothing: 'Hiện không có buổi phát nào cần trả lời.',
  unserved: 'Hiện chưa có cụm loa nào phục vụ ấp, nên không có gì để hỏi.',
  session: 'Buổi phát {from} – {until}',
  question: 'Bà con nghe buổi phát này thế nào?',
  clear: 'Nghe rõ',
  unclear: 'Nghe không rõ',
  notHeard: 'Không nghe',
  sending: 'Đang gửi, xin đừng đóng trang…',
  unsent: 'Chưa gửi được vì mất mạng. Có mạng lại là trang tự gửi; hoặc bấm «Gửi lại».',
  sendAgain: 'Gửi lại',
  given: 'Đã trả lời: {answer}',
  received: 'Đài đã nhận lúc {time}. Cảm ơn!',
  correct: 'Bấm nhầm? Sửa câu trả lời (đến {time})',
  keep: 'Thôi, giữ như cũ',
};

export type HearTexts = typeof vi;

const en: HearTexts = {
  title: 'Was it heard?',
  otherLanguage: 'Tiếng Việt',
  loading: 'Opening…',
  again: 'Try again',
  offline: 'No connection. Check the network, then try again.',
  place: 'Loudspeakers of {hamlet}, {commune}',
  placeAlone: 'Loudspeakers of {hamlet}',
  head: 'Personal page of {name}',
  private: 'Do not pass this link on. It is valid until {day}.',
  running: 'A session is on air until about {time}. Open this page again when it is over.',
  nothing: 'There is no session to answer for now.',
  unserved: 'No loudspeaker serves this hamlet at present, so there is nothing to ask.',
  session: 'Session {from} – {until}',
  question: 'How was this session heard?',
  clear: 'Heard clearly',
  unclear: 'Heard badly',
  notHeard: 'Not heard',
  sending: 'Sending, please keep the page open…',
  unsent: 'It was not sent: no network. The page sends it when there is one; or press “Send again”.',
  sendAgain: 'Send again',
  given: 'Answered: {answer}',
  received: 'The station received it at {time}. Thank you!',
  correct: 'A mistake? Correct the answer (until {time})',
  keep: 'Leave it as it was',
};

export const hearTexts = (language: Language): HearTexts => (language === 'en' ? en : vi);
