/**
 * The text of documents in the old Vietnamese encodings reaches us as if it were Western European: each byte became the character
 * that Windows-1252 has at its place. This is the way there and back. TextDecoder is no help: some builds of Node read the label
 * windows-1252 as Latin-1 and lose the quotation marks.
 */
const FROM_80 = [...'€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ'];

const characterOf = (byte: number): string => FROM_80[byte - 0x80] ?? String.fromCharCode(byte);

const BYTE_OF = new Map<string, number>();
for (let byte = 0; byte < 256; byte += 1) BYTE_OF.set(characterOf(byte), byte);
// Some PDF writers use the Greek letter for the micro sign (TCVN3 à).
BYTE_OF.set('\u03bc', 0xb5);

/** Undefined for a character that no byte of Windows-1252 stands for. */
export const byteOf = (character: string): number | undefined => BYTE_OF.get(character);

export const decodeWindows1252 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\u0080-\u009f]/g, (character) => characterOf(character.charCodeAt(0)));
