import { fromBufferPromise } from 'yauzl';
import { ReadingProblem } from './problem.mjs';

const MAX_ENTRIES = 5_000;
/** The XML of a document whose text fits the limit stays far below; what is above is an attack or a book. */
const MAX_XML_BYTES = 48 * 1024 ** 2;

/** The XML parts of a .docx, counted while they are inflated. Pictures, fonts and macros are never opened. */
export async function readParts(buffer) {
  const archive = await fromBufferPromise(buffer);
  if (archive.entryCount > MAX_ENTRIES) {
    throw new ReadingProblem('document.tooLarge', `${archive.entryCount} entries`);
  }
  const parts = new Map();
  let macros = false;
  let left = MAX_XML_BYTES;
  for await (const entry of archive.eachEntry()) {
    const name = entry.fileName;
    if (/vbaProject\.bin$/i.test(name)) macros = true;
    if (entry.isEncrypted()) throw new ReadingProblem('document.encrypted', `${name} is encrypted`);
    if (!/\.(?:xml|rels)$/i.test(name)) continue;
    if (parts.has(name)) throw new ReadingProblem('document.damaged', `${name} is there twice`);
    const chunks = [];
    for await (const chunk of await archive.openReadStreamPromise(entry)) {
      left -= chunk.length;
      if (left < 0) throw new ReadingProblem('document.tooLarge', `over ${MAX_XML_BYTES} bytes of XML`);
      chunks.push(chunk);
    }
    const xml = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
    // Office Open XML forbids document types; entities, local files and addresses come in through nothing else.
    if (/<!(?:DOCTYPE|ENTITY)/i.test(xml)) {
      throw new ReadingProblem('document.forbiddenXml', `${name} has a document type`);
    }
    parts.set(name, xml);
  }
  if (!parts.has('[Content_Types].xml') || ![...parts.keys()].some((name) => /^word\/[^/]+\.xml$/.test(name))) {
    throw new ReadingProblem('document.unknownFormat', 'a ZIP archive, but no Word document');
  }
  return { parts, macros };
}
