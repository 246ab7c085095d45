import mammoth from 'mammoth';
import { readParts } from './package.mjs';
import { textBudget } from './problem.mjs';

/** Takes a .docx apart into blocks of runs; a run keeps the name of its font, which tells the old encodings apart. */
export async function readDocument(buffer, { maxTextLength }) {
  const { parts, macros } = await readParts(buffer);
  const fontOf = fonts(parts.get('word/styles.xml') ?? '');
  const spend = textBudget(maxTextLength);
  const notes = new Set(macros ? ['macrosIgnored'] : []);
  let document;
  await mammoth.convertToHtml(
    // mammoth never sees the archive: only the parts that were inflated within bounds.
    { file: { exists: (name) => parts.has(name), read: async (name, encoding) => partOf(parts, name, encoding) } },
    {
      externalFileAccess: false,
      includeEmbeddedStyleMap: false,
      transformDocument(read) {
        document = read;
        return { ...read, children: [] };
      },
    },
  );
  const blocks = [];
  collect(document.children, { blocks, notes, spend, fontOf });
  return { blocks, notes: [...notes] };
}

function partOf(parts, name, encoding) {
  const text = parts.get(name) ?? '';
  return encoding === 'utf-8' ? text : Buffer.from(text);
}

function collect(children, into) {
  for (const child of children) {
    if (child.type === 'paragraph') into.blocks.push(paragraph(child, into));
    else if (child.type === 'table') table(child, into);
    else if (child.children) collect(child.children, into);
  }
}

function paragraph(element, into) {
  const { numbering, styleName } = element;
  const level = /^(?:heading|tiêu đề|đề mục) ?(\d)/i.exec(styleName ?? '');
  const heading = level !== null || /^(?:title|tiêu đề)$/i.test(styleName ?? '');
  // The number itself is computed by the word processor from rules that mammoth does not hand on.
  if (numbering?.isOrdered) into.notes.add('listNumbersDropped');
  return { kind: heading ? 'heading' : numbering ? 'item' : 'paragraph', runs: runsOf(element, into) };
}

function table(element, into) {
  into.notes.add('tablesFlattened');
  for (const row of element.children) {
    const cells = row.children.map((cell) => {
      const inner = [];
      collect(cell.children ?? [], { ...into, blocks: inner });
      return inner.flatMap(({ runs }) => [...runs, { text: ' ', font: null }]);
    });
    into.blocks.push({ kind: 'row', cells });
  }
}

function runsOf(element, into) {
  const runs = [];
  const add = (text, font) => {
    const last = runs.at(-1);
    into.spend(text);
    if (last && last.font === font) last.text += text;
    else runs.push({ text, font });
  };
  const visit = (node, font) => {
    if (node.type === 'text') add(node.value, font);
    else if (node.type === 'tab') add(' ', font);
    else if (node.type === 'break') add('\n', font);
    else if (node.type === 'image') into.notes.add('imagesIgnored');
    else if (node.type === 'noteReference') into.notes.add('footnotesIgnored');
    else for (const child of node.children ?? []) visit(child, node.font ?? font);
  };
  for (const child of element.children) visit(child, into.fontOf(element.styleId));
  return runs;
}

/**
 * The fonts of paragraph styles: whole documents are set in .VnTime by their style alone, and mammoth tells the font of a run only
 * where the run itself names it.
 */
function fonts(styles) {
  const named = (xml) => /<w:rFonts\b[^<>]*?\bw:ascii="([^"<>]{1,100})"/.exec(xml)?.[1] ?? null;
  const byId = new Map();
  let initial = null;
  const defaults = styles.split('<w:rPrDefault>')[1];
  const fallback = defaults === undefined ? null : named(defaults.split('</w:rPrDefault>')[0]);
  for (const style of styles.split(/<w:style(?=[\s>])/).slice(1)) {
    const head = style.slice(0, 500);
    if (!/w:type="paragraph"/.test(head)) continue;
    const id = /w:styleId="([^"<>]{1,100})"/.exec(head)?.[1];
    if (id === undefined) continue;
    const basedOn = /<w:basedOn w:val="([^"<>]{1,100})"/.exec(style)?.[1];
    byId.set(id, { font: named(style.split('</w:style>')[0]), basedOn });
    if (/w:default="(?:1|true)"/.test(head.split('>')[0])) initial = id;
  }
  return (styleId) => {
    let id = styleId ?? initial;
    // Styles that are based on each other in a circle end after a few steps.
    for (let step = 0; step < 12 && id != null; step += 1) {
      const style = byId.get(id);
      if (style?.font) return style.font;
      id = style?.basedOn;
    }
    return fallback;
  };
}
