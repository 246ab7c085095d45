import type { Language } from '../platform/i18n/index.js';
import { fill, type NoticeParameters, type NoticeText, placeholders } from './engine/texts.js';

export interface NoticeKind {
  readonly vi: NoticeText;
  readonly en: NoticeText;
  /** Reminders of it do not wait for the morning, and telephones are woken. */
  readonly urgent?: boolean;
}

const registry = new Map<string, NoticeKind>();

/**
 * Declares the kinds of notices of one room:
 * `const libraryNotice = defineNotices({ 'library.pending': { vi: { title: '{title} chờ duyệt', body }, en } })`, then
 * `notices.tell(tx, { ...libraryNotice('library.pending', { title }), … })`. A kind has both languages, with the same
 * `{parameters}`, or the service does not start; so it is when one is declared twice.
 */
export function defineNotices<K extends string>(kinds: Record<K, NoticeKind>) {
  for (const [kind, texts] of Object.entries<NoticeKind>(kinds)) {
    if (registry.has(kind)) throw new Error(`the kind of notice ${kind} is declared twice`);
    if (placeholders(texts.vi).join() !== placeholders(texts.en).join())
      throw new Error(`the texts of the notice ${kind} name different parameters`);
    registry.set(kind, texts);
  }
  return (kind: K, params: NoticeParameters = {}) => ({ kind, params });
}

/** @throws Error for a kind that nobody declared, or without a parameter that its texts name: a mistake of the room that tells */
export function demandKind(kind: string, parameters: NoticeParameters): void {
  const texts = registry.get(kind);
  if (!texts) throw new Error(`no room declares the kind of notice ${kind}`);
  const missing = placeholders(texts.vi).filter((name) => parameters[name] === undefined);
  if (missing.length > 0) throw new Error(`the notice ${kind} lacks ${missing.join(', ')}`);
}

export const isUrgent = (kind: string): boolean => registry.get(kind)?.urgent ?? false;

/** A notice outlives the program that told it: one whose kind is gone shows its code. */
export function textOf(kind: string, parameters: NoticeParameters, language: Language): NoticeText {
  const texts = registry.get(kind);
  return texts ? fill(texts[language], parameters) : { title: kind, body: '' };
}
