import { getDocumentProxy } from 'unpdf';
import { ReadingProblem, textBudget } from './problem.mjs';

/**
 * pdf.js leaves out characters that show nothing, the soft hyphen among them. In TCVN3 that code is the letter ư: without it "chưa"
 * would become "cha", and nobody would notice. This process reads one PDF and ends, so nothing else meets the change.
 */
const match = String.prototype.match;
Object.defineProperty(String.prototype, 'match', {
  value(pattern) {
    return String(this) === '\u00ad' ? null : match.call(this, pattern);
  },
});

/** Takes the printed lines of a PDF with their places; finding the paragraphs is left to the caller. */
export async function readDocument(buffer, { maxTextLength }) {
  const pdf = await open(buffer);
  const spend = textBudget(maxTextLength);
  const lines = [];
  let images = false;
  for (let page = 1; page <= pdf.numPages; page += 1) {
    const proxy = await pdf.getPage(page);
    const { items } = await proxy.getTextContent();
    const found = linesOf(items, page, spend);
    if (found.length === 0) images = true;
    lines.push(...found);
    proxy.cleanup();
  }
  if (lines.length === 0) {
    throw new ReadingProblem('document.noText', `no text on ${pdf.numPages} pages`);
  }
  return { lines, notes: images ? ['imagesIgnored'] : [] };
}

async function open(buffer) {
  try {
    // No system fonts, no compiled code, no fetching: only what the file itself brings.
    return await getDocumentProxy(new Uint8Array(buffer), {
      useSystemFonts: false,
      disableFontFace: true,
      isEvalSupported: false,
      useWorkerFetch: false,
      disableAutoFetch: true,
      verbosity: 0,
    });
  } catch (error) {
    if (error?.name === 'PasswordException') throw new ReadingProblem('document.encrypted', error.message);
    throw error;
  }
}

function linesOf(items, page, spend) {
  const lines = [];
  let line = null;
  for (const { str, transform, width, height } of items) {
    if (str === undefined || str === '') continue;
    spend(str);
    const [, , , , x, y] = transform;
    const fontSize = height || Math.hypot(transform[2], transform[3]);
    const same =
      line !== null && Math.abs(line.y - y) < Math.max(line.fontSize, fontSize) * 0.4 && x >= line.x - fontSize;
    if (!same) {
      if (str.trim() === '') continue;
      line = { page, text: str, x, right: x + width, y, fontSize };
      lines.push(line);
      continue;
    }
    const apart = x - line.right > fontSize * 0.15 && !/\s$/.test(line.text) && !/^\s/.test(str);
    line.text += apart ? ` ${str}` : str;
    line.right = Math.max(line.right, x + width);
    // Large capitals at the start of a line do not make it a heading.
    if (str.trim() !== '') line.fontSize = Math.min(line.fontSize, fontSize);
  }
  return lines.filter(({ text }) => text.trim() !== '');
}
