/** kịch bản đọc máy / bản thu / tiếp âm / thông báo theo mẫu / hình ảnh / video ngắn / chữ bảng tin */
export const ITEM_KINDS = ['script', 'recording', 'relay', 'notice', 'picture', 'video', 'boardText'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];

/** Spoken by the machine from its text. */
export const isSpoken = (kind: ItemKind): boolean => kind === 'script' || kind === 'notice';
/** Sounds from a loudspeaker by its stored audio; the others wait for a relay or a board to show them. */
export const hasAudio = (kind: ItemKind): boolean => kind === 'script' || kind === 'notice' || kind === 'recording';

/** TT 39/2020 and local rules: notices of third parties are limited to these; product advertising is banned. */
export const THIRD_PARTIES = ['enrolment', 'recruitment', 'charity'] as const;
export type ThirdParty = (typeof THIRD_PARTIES)[number];

/** What a kind needs beside text and sound. */
export type ItemContent = { readonly kind: 'relay'; readonly streamUrl: string } | NoticeContent | VisualContent;

/** A file for boards. */
export interface VisualContent {
  readonly kind: 'picture' | 'video';
  readonly sha256: string;
  /** As its content says, not its name. */
  readonly type: string;
  readonly bytes: number;
  /** For showing only. */
  readonly fileName: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Null: a picture. */
  readonly durationMs: number | null;
}

export interface NoticeContent {
  readonly kind: 'notice';
  readonly templateId: string;
  readonly templateVersion: number;
  /** As they were filled in, in the order of the template. */
  readonly fields: Readonly<Record<string, string>>;
  /** The words were changed by hand afterwards: the text is no longer what the template makes of the fields. */
  readonly ownWords?: true;
}

/**
 * What stands beside the text of the next version. Whoever changes the words of a notice by hand, its author or an approver who
 * corrects it, leaves the fields as they were, and the notice says so.
 */
export function contentBeside(
  next: { readonly text: string | null; readonly content: ItemContent | null },
  before: { readonly text: string | null; readonly content: ItemContent | null },
): ItemContent | null {
  const { content } = next;
  if (content?.kind !== 'notice' || content.ownWords || next.text === before.text) return content;
  return JSON.stringify(content) === JSON.stringify(before.content) ? { ...content, ownWords: true } : content;
}
