import type { DocumentNote, TextEncoding } from '../document.js';
import { DocumentProblem } from '../problem.js';
import { convertLegacy, detectLegacyEncoding, NOTE_OF } from './legacy.js';
import { decodeWindows1252 } from './windows-1252.js';

export interface DecodedText {
  readonly text: string;
  readonly encoding: TextEncoding;
  readonly notes: readonly DocumentNote[];
}

/** A text may hold stray control characters; what is full of them is no text. */
const MAX_CONTROL_SHARE = 0.02;
const FEW_CONTROLS = 16;
/** No language that we could read as Western European has more letters with marks. */
const MAX_MARKED_SHARE = 0.35;

/** Reads the bytes of a text file: a byte order mark, else valid UTF-8, else the old Vietnamese encodings, else Windows-1252. */
export function decodeText(bytes: Uint8Array): DecodedText {
  const utf16 = utf16Encoding(bytes);
  if (utf16 !== null) return { text: refuseControls(decodeUtf16(bytes, utf16)), encoding: utf16, notes: [] };
  const utf8 = decodeUtf8(bytes);
  if (utf8 !== null) return { ...utf8, text: refuseControls(utf8.text) };
  const text = refuseControls(decodeWindows1252(bytes));
  const legacy = detectLegacyEncoding(text);
  if (legacy !== null) {
    const converted = convertLegacy(text, legacy);
    const notes: DocumentNote[] = [NOTE_OF[legacy]];
    if (converted.capitalsRestored) notes.push('capitalsRestored');
    return { text: converted.text, encoding: legacy, notes };
  }
  const marked = bytes.reduce((count, byte) => count + (byte >= 0x80 ? 1 : 0), 0);
  if (marked > bytes.length * MAX_MARKED_SHARE) {
    throw new DocumentProblem(
      'document.notText',
      `no known encoding: ${marked} of ${bytes.length} bytes are above 0x7f`,
    );
  }
  return { text, encoding: 'windows-1252', notes: ['encodingGuessed'] };
}

type Utf16 = 'utf-16le' | 'utf-16be';

function utf16Encoding(bytes: Uint8Array): Utf16 | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  // Without a mark: the upper bytes of Vietnamese are mostly zero, the lower ones never.
  const looked = Math.min(bytes.length & ~1, 4_096);
  let evenZeros = 0;
  let oddZeros = 0;
  for (let index = 0; index < looked; index += 2) {
    if (bytes[index] === 0) evenZeros += 1;
    if (bytes[index + 1] === 0) oddZeros += 1;
  }
  const characters = looked / 2;
  if (oddZeros > characters * 0.4 && evenZeros < characters * 0.02) return 'utf-16le';
  if (evenZeros > characters * 0.4 && oddZeros < characters * 0.02) return 'utf-16be';
  return null;
}

function decodeUtf16(bytes: Uint8Array, encoding: Utf16): string {
  // Not every build of Node knows the label utf-16be.
  const ordered = encoding === 'utf-16le' ? bytes : Buffer.from(bytes.subarray(0, bytes.length & ~1)).swap16();
  return new TextDecoder('utf-16le').decode(ordered);
}

function decodeUtf8(bytes: Uint8Array): DecodedText | null {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8', notes: [] };
  } catch {
    // A few broken bytes in a long text (a cut end, a bad copy) do not make it another encoding.
    const text = new TextDecoder('utf-8').decode(bytes);
    const broken = text.match(/\ufffd/g)?.length ?? 0;
    const marked = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
    return broken * 20 <= marked ? { text, encoding: 'utf-8', notes: ['encodingGuessed'] } : null;
  }
}

function refuseControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is counted
  const controls = text.match(/[\u0000-\u0008\u000e-\u001f\u007f]/g)?.length ?? 0;
  if (controls > FEW_CONTROLS && controls > text.length * MAX_CONTROL_SHARE) {
    throw new DocumentProblem('document.notText', `${controls} control characters in ${text.length}`);
  }
  return text;
}
