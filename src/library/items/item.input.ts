import type { ItemContent } from '../engine/kinds.js';
import { cleanLine, cleanText, LONGEST_TEXT, textFault } from '../engine/script-text.js';
import { streamAddress } from '../engine/stream-address.js';
import { libraryProblem } from '../problems.js';
import type { Item, Metadata } from './item.entity.js';

/** A letter of NFD takes up to four units, and marks that are taken away come on top. */
const MOST_RAW = 10 * LONGEST_TEXT;

/** @throws library.streamAddress */
export function relayOf(raw: string): ItemContent {
  const streamUrl = streamAddress(raw);
  if (streamUrl === null) throw libraryProblem('library.streamAddress');
  return { kind: 'relay', streamUrl };
}

/** Cleaned as texts are. @throws when the title is empty or the validity ends before it begins */
export function acceptedMetadata(request: Metadata): Metadata {
  const title = cleanLine(request.title);
  if (title === '') throw libraryProblem('library.titleEmpty');
  const { validFrom, validTo, field, thirdParty } = request;
  if (validFrom !== null && validTo !== null && validTo < validFrom) throw libraryProblem('library.validityWrong');
  return {
    title,
    topic: cleanLine(request.topic),
    field,
    audience: [...new Set(request.audience.map(cleanLine))].filter((each) => each !== ''),
    form: cleanLine(request.form),
    programme: cleanLine(request.programme),
    sourceOffice: cleanLine(request.sourceOffice),
    sponsor: cleanLine(request.sponsor),
    byline: cleanLine(request.byline),
    validFrom,
    validTo,
    thirdParty,
  };
}

export const sameFields = (metadata: Metadata, item: Item): boolean =>
  Object.entries(metadata).every(
    ([name, value]) => JSON.stringify(value) === JSON.stringify(item[name as keyof Metadata]),
  );

export const optionalText = (raw: string | null): string | null =>
  raw === null || cleanText(raw) === '' ? null : acceptedText(raw);

/** @throws library.textEmpty, library.textTooLong */
export function acceptedText(raw: string): string {
  // Cleaning takes away no more than this: nobody's machine has to work on a megabyte to say so.
  if (raw.length > MOST_RAW) throw libraryProblem('library.textTooLong', { most: LONGEST_TEXT });
  const text = cleanText(raw);
  switch (textFault(text)) {
    case 'empty':
      throw libraryProblem('library.textEmpty');
    case 'tooLong':
      throw libraryProblem('library.textTooLong', { most: LONGEST_TEXT });
    case null:
      return text;
  }
}
