import WordExtractor from 'word-extractor';
import { ReadingProblem, textBudget } from './problem.mjs';

const ENCRYPTED = 0x0100;

/** Takes the body of a Word 97–2003 file; headers, footers and notes are not read. */
export async function readDocument(buffer, { maxTextLength }) {
  if (hasName(buffer, 'EncryptedPackage')) throw new ReadingProblem('document.encrypted', 'a protected .docx');
  if (!hasName(buffer, 'WordDocument')) {
    throw new ReadingProblem('document.unknownFormat', 'an OLE file, but no Word document');
  }
  const flags = wordFlags(buffer);
  if (flags !== null && (flags & ENCRYPTED) !== 0) throw new ReadingProblem('document.encrypted', 'fEncrypted is set');
  const body = (await new WordExtractor().extract(buffer)).getBody({ filterUnicode: false });
  textBudget(maxTextLength)(body);
  const notes = new Set(hasName(buffer, 'Macros') || hasName(buffer, '_VBA_PROJECT') ? ['macrosIgnored'] : []);
  const blocks = body.split('\n').map((line) => {
    // word-extractor ends each cell with a tab, the last one of a row too.
    if (!/\S.*\t$/.test(line.slice(-1_000))) return { kind: 'paragraph', runs: [{ text: line, font: null }] };
    notes.add('tablesFlattened');
    return { kind: 'row', cells: line.split('\t').map((text) => [{ text, font: null }]) };
  });
  return { blocks, notes: [...notes] };
}

/** Names in the directory of an OLE file are UTF-16. */
const hasName = (buffer, name) => buffer.includes(Buffer.from(`${name}\0`, 'utf16le'));

/** The flags of the document head, found by its mark and version at the start of a sector. */
function wordFlags(buffer) {
  for (let at = 512; at + 12 <= buffer.length; at += 512) {
    if (buffer.readUInt16LE(at) === 0xa5ec && buffer.readUInt16LE(at + 2) >= 0x0065)
      return buffer.readUInt16LE(at + 10);
  }
  return null;
}
