import type { DocumentNote } from '../document.js';
import { convertLegacy, encodingOfFont, hasUnicodeOnly, type LegacyEncoding, NOTE_OF, readsAs } from './legacy.js';

/** A stretch of text in one font; the name of the font tells the old encodings apart. */
export interface FontRun {
  readonly text: string;
  readonly font: string | null;
}

export interface FontConversion {
  readonly notes: readonly DocumentNote[];
  convert(run: FontRun): string;
}

/**
 * Text set in .VnTime or VNI-Times is in the encoding of that font, unless someone later typed Unicode over it: each family is
 * judged by everything that is set in it. Capital fonts (.VnTimeH) turn small letters into capitals.
 */
export function conversionByFont(runs: readonly FontRun[]): FontConversion {
  const texts = new Map<LegacyEncoding, string[]>();
  for (const { font, text } of runs) {
    const told = encodingOfFont(font);
    if (told === null || hasUnicodeOnly(text)) continue;
    const known = texts.get(told.encoding);
    if (known === undefined) texts.set(told.encoding, [text]);
    else known.push(text);
  }
  const trusted = new Set<LegacyEncoding>();
  for (const [encoding, pieces] of texts) if (readsAs(pieces.join('\n'), encoding)) trusted.add(encoding);
  return {
    notes: [...trusted].map((encoding) => NOTE_OF[encoding]),
    convert({ font, text }) {
      const told = encodingOfFont(font);
      if (told === null || hasUnicodeOnly(text) || !trusted.has(told.encoding)) return text;
      if (told.capitals) return convertLegacy(text, told.encoding).text.toUpperCase();
      return convertLegacy(text, told.encoding).text;
    },
  };
}
