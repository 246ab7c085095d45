import {
  MARK,
  type Piece,
  piecesOf,
  type TemplateFault,
  type TemplateField,
  type TemplateText,
} from './notice-template.js';
import { saidOf, type ValueFault, valueIn } from './notice-values.js';
import { cleanText, LONGEST_TITLE } from './script-text.js';

export type Fields = Readonly<Record<string, string>>;

/** What is wrong with which field, or with which part of a template. */
export interface FieldFault<Code extends string> {
  readonly at: string;
  readonly code: Code;
  readonly detail?: string;
}

export type RenderedNotice =
  | { readonly title: string; readonly text: string; readonly fields: Fields }
  | { readonly faults: readonly FieldFault<ValueFault>[] };

/**
 * The text of a notice. Every gap is filled once: what looks like a gap inside a value stays as it was typed. The fields come
 * back clean, in the order of the template.
 */
export function renderNotice(template: TemplateText, given: Fields): RenderedNotice {
  const known = new Set(template.fields.map(({ key }) => key));
  const faults: FieldFault<ValueFault>[] = Object.keys(given)
    .filter((key) => !known.has(key))
    .slice(0, MOST_NAMED)
    .map((key) => ({ at: `fields.${key.slice(0, 64)}`, code: 'notice.fieldUnknown' }));
  const fields = new Map<string, string>();
  const said = new Map<string, string>();
  for (const field of template.fields) {
    const { key, kind, longest } = field;
    const taken = valueIn(field, Object.hasOwn(given, key) ? given[key] : undefined);
    if ('fault' in taken) {
      const detail = taken.fault === 'notice.fieldTooLong' ? { detail: String(longest) } : {};
      faults.push({ at: `fields.${key}`, code: taken.fault, ...detail });
    } else {
      fields.set(key, taken.value);
      said.set(key, saidOf(kind, taken.value, template.language));
    }
  }
  if (faults.length > 0) return { faults };
  return {
    title: [...tidy(filled(template.title, said)).replace(/\s+/g, ' ')].slice(0, LONGEST_TITLE).join('').trim(),
    text: tidy(filled(template.body, said)),
    fields: Object.fromEntries(fields),
  };
}

/** A template that would leave a gap open, or say half a sentence, is not kept. Empty: nothing is wrong. */
export function templateFaults({ title, body, fields }: TemplateText): readonly FieldFault<TemplateFault>[] {
  const faults: FieldFault<TemplateFault>[] = [];
  const byKey = new Map<string, TemplateField>();
  for (const [index, field] of fields.entries()) {
    if (byKey.has(field.key)) faults.push({ at: `fields.${index}.key`, code: 'template.keyTwice', detail: field.key });
    byKey.set(field.key, field);
    const example = valueIn({ ...field, required: false }, field.example);
    if ('fault' in example) faults.push({ at: `fields.${index}.example`, code: 'template.exampleWrong' });
  }
  if (body.replace(MARK, '').trim() === '') faults.push({ at: 'body', code: 'template.bodyEmpty' });
  const used = new Set<string>();
  for (const [at, text] of [
    ['title', title],
    ['body', body],
  ] as const) {
    const pieces = piecesOf(text);
    if (pieces === null) faults.push({ at, code: 'template.gapBroken' });
    for (const { kind, text: key, optional } of pieces ?? []) {
      if (kind === 'words') continue;
      if (at === 'body') used.add(key);
      const field = byKey.get(key);
      if (!field) faults.push({ at, code: 'template.gapUnknown', detail: key });
      else if (!field.required && optional === null) faults.push({ at, code: 'template.optionalOpen', detail: key });
    }
  }
  for (const [index, { key }] of fields.entries())
    if (!used.has(key) && !faults.some(({ code }) => code === 'template.gapBroken'))
      faults.push({ at: `fields.${index}.key`, code: 'template.fieldUnused', detail: key });
  return faults.slice(0, MOST_NAMED);
}

const MOST_NAMED = 50;

/** @param said by key */
function filled(text: string, said: ReadonlyMap<string, string>): string {
  const pieces = piecesOf(text) ?? [];
  const empty = new Set(pieces.filter(isEmpty).map(({ optional }) => optional));
  return pieces
    .filter(({ optional }) => optional === null || !empty.has(optional))
    .map(({ kind, text: words }) => (kind === 'gap' ? (said.get(words) ?? '') : words))
    .join('');

  function isEmpty({ kind, text: key, optional }: Piece): boolean {
    return kind === 'gap' && optional !== null && (said.get(key) ?? '') === '';
  }
}

/** What was left out leaves no double blanks and no empty lines behind. */
const tidy = (text: string): string =>
  cleanText(
    text
      .replace(/ {2,}/g, ' ')
      .replace(/ +(?=[\n,.;:!?])|(?<=\n) +/g, '')
      .replace(/\n{3,}/g, '\n\n'),
  );
