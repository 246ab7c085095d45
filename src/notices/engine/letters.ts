import type { NoticeText } from './texts.js';

type Language = 'vi' | 'en';

export interface LetterParts {
  readonly text: NoticeText;
  readonly language: Language;
  /** 0: the first time; else the number of the reminder. */
  readonly round: number;
  readonly dueAtMs: number | null;
  /** A demonstration says so everywhere (invariant 13). */
  readonly demo: boolean;
}

const WORDS = {
  vi: {
    reminder: 'Nhắc lại',
    demo: 'DÙNG THỬ',
    due: 'Hạn',
    open: 'Mở trong hệ thống (cần đăng nhập)',
    why: 'Thư tự động, không trả lời. Tắt thư hoặc đổi địa chỉ trong mục Thông báo.',
  },
  en: {
    reminder: 'Reminder',
    demo: 'DEMO',
    due: 'Due',
    open: 'Open in the service (login needed)',
    why: 'Sent by a machine; do not reply. Turn mails off or change the address under Notices.',
  },
} as const;

export function headline({ text, language, round, demo }: LetterParts): string {
  const words = WORDS[language];
  return [demo ? `[${words.demo}]` : '', round > 0 ? `${words.reminder}:` : '', text.title].filter(Boolean).join(' ');
}

/** @param url where the matter is, absolute */
export function composeMail(parts: LetterParts, url: string): { subject: string; text: string } {
  const words = WORDS[parts.language];
  const lines = [
    parts.text.title,
    '',
    parts.text.body,
    ...(parts.dueAtMs === null ? [] : ['', `${words.due}: ${localTime(parts.dueAtMs)}`]),
    '',
    `${words.open}:`,
    url,
    '',
    '--',
    words.why,
  ];
  return { subject: headline(parts), text: `${lines.join('\n')}\n` };
}

/** What a telephone shows, and nothing more: it passes the push service of a browser maker, though encrypted. */
export function composePush(parts: LetterParts, link: string): string {
  return JSON.stringify({ title: headline(parts), body: parts.text.body, link });
}

/** dd/MM/yyyy HH:mm in Viet Nam, which keeps UTC+7 the whole year. */
export function localTime(atMs: number): string {
  const local = new Date(atMs + 7 * 3_600_000).toISOString();
  return `${local.slice(8, 10)}/${local.slice(5, 7)}/${local.slice(0, 4)} ${local.slice(11, 16)}`;
}
