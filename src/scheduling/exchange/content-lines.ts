import ICAL from 'ical.js';

/** A content line of RFC 5545, read. */
export interface Property {
  readonly name: string;
  readonly params: Readonly<Record<string, string | readonly string[]>>;
  /** `date-time`, `date`, `period`, `text` … */
  readonly type: string;
  readonly values: readonly unknown[];
}

/** A part between BEGIN and END; its lines are not read yet, so that a bad one spoils no other part. */
export interface Block {
  readonly name: string;
  readonly lines: readonly string[];
  readonly blocks: readonly Block[];
}

/** Longer lines are no schedule; the parser's time grows with the square of some. */
const LONGEST_LINE = 200_000;
const DEEPEST = 8;

/** Recurrence rules are left as they stand: the engine reads them. */
const DESIGN = {
  ...ICAL.design.icalendar,
  property: { ...ICAL.design.icalendar.property, rrule: { defaultType: 'text' } },
} as unknown as Parameters<typeof ICAL.parse.property>[1];

/** The parts of a text, nested. @returns null: it is no calendar, or breaks off */
export function blocksOf(text: string): Block[] | null {
  const root: Open = { name: '', lines: [], blocks: [] };
  const open: Open[] = [root];
  for (const line of text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/)) {
    if (line.length > LONGEST_LINE) return null;
    if (line.trim() === '') continue;
    const mark = /^(BEGIN|END):\s*([A-Za-z0-9-]{1,60})\s*$/i.exec(line);
    const top = open.at(-1) as Open;
    if (!mark) top.lines.push(line);
    else if (mark[1]?.toUpperCase() === 'BEGIN') {
      if (open.length > DEEPEST) return null;
      const block: Open = { name: mark[2]?.toUpperCase() ?? '', lines: [], blocks: [] };
      top.blocks.push(block);
      open.push(block);
    } else if (open.length === 1 || open.pop()?.name !== mark[2]?.toUpperCase()) return null;
  }
  return open.length === 1 && root.lines.length === 0 && root.blocks.length > 0 ? root.blocks : null;
}

interface Open {
  readonly name: string;
  readonly lines: string[];
  readonly blocks: Open[];
}

/** Lines of a part with one of these names. @returns null: one of them cannot be read */
export function propertiesOf({ lines }: Block, names: ReadonlySet<string>): Property[] | null {
  const found: Property[] = [];
  for (const line of lines) {
    const name = /^[A-Za-z0-9-]+/.exec(line)?.[0].toLowerCase() ?? '';
    if (!names.has(name)) continue;
    try {
      const [, params, type, ...values] = ICAL.parse.property(line, DESIGN) as [string, Property['params'], string];
      found.push({ name, params, type, values });
    } catch {
      // The parser's message speaks of its grammar, not to the person.
      return null;
    }
  }
  return found;
}
