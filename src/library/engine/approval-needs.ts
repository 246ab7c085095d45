import { hasAudio, type ItemContent, type ItemKind, isSpoken, type ThirdParty } from './kinds.js';

/** What somebody confirms who approves a notice of a third party: who sent it, no advertising, an allowed category. */
export interface Checklist {
  readonly senderVerified: boolean;
  readonly noAdvertising: boolean;
  readonly categoryRight: boolean;
}

export interface Contents {
  readonly audioState: 'none' | 'rendering' | 'ready' | 'failed';
  readonly text: string | null;
  readonly content: ItemContent | null;
}

export type Lack = 'audio' | 'stream' | 'file' | 'text';

/** What a version of the kind still lacks before anybody can be asked to approve it; null: nothing. */
export function lackOf(kind: ItemKind, { audioState, text, content }: Contents): Lack | null {
  if (hasAudio(kind)) return audioState === 'ready' ? null : 'audio';
  switch (kind) {
    case 'relay':
      return content?.kind === 'relay' ? null : 'stream';
    case 'picture':
    case 'video':
      return content?.kind === kind ? null : 'file';
    default:
      return text ? null : 'text';
  }
}

/** What an approver read, heard and looked at. Null: the version has none. */
export interface Hashes {
  readonly textSha256: string | null;
  readonly audioSha256: string | null;
  readonly contentSha256: string | null;
}

export const sameHashes = (a: Hashes, b: Hashes): boolean =>
  a.textSha256 === b.textSha256 && a.audioSha256 === b.audioSha256 && a.contentSha256 === b.contentSha256;

/** Third-party notices are limited to three categories, and advertising is banned: somebody says that they looked. */
export const checklistHolds = (thirdParty: ThirdParty | null, checklist: Checklist | null): boolean =>
  thirdParty === null ||
  [checklist?.senderVerified, checklist?.noAdvertising, checklist?.categoryRight].every(
    (confirmed) => confirmed === true,
  );

/** Sửa và duyệt: the new words have been heard by nobody, so whoever approves them must hear them. */
export const mustBeHeard = (version: {
  readonly correctedById: string | null;
  readonly audioSha256: string | null;
}): boolean => version.correctedById !== null && version.audioSha256 !== null;

/** In a language without a voice nobody at the office may understand what a person recorded. */
export const mustBeReviewed = (
  version: { readonly uploadSha256: string | null; readonly audioSha256: string | null },
  hasVoice: boolean,
): boolean => !hasVoice && version.uploadSha256 !== null && version.audioSha256 !== null;

/** Whether other words can be put into it: what a person has read aloud says what it says. */
export const isCorrectable = (kind: ItemKind, { uploadSha256 }: { readonly uploadSha256: string | null }): boolean =>
  hasAudio(kind) ? isSpoken(kind) && uploadSha256 === null : true;

/** The language without its region: reviewers and voices are of a language. @param language BCP 47 */
export const languageOf = (language: string): string => language.split('-', 1)[0] ?? language;
