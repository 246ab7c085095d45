import type { ThirdParty } from './kinds.js';

/** What a field of a notice holds; each kind has one way of writing. */
export const FIELD_KINDS = ['text', 'date', 'time', 'phone', 'number'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

export interface TemplateField {
  readonly key: string;
  readonly label: { readonly vi: string; readonly en: string };
  readonly kind: FieldKind;
  readonly required: boolean;
  /** Characters. */
  readonly longest: number;
  readonly example: string;
}

/**
 * A notice with gaps. `{{key}}` is a gap; `[[ … ]]` stands around words that are left out when a gap between them is empty.
 * The text that is on air is kept with each notice, so a changed template changes no notice.
 */
export interface TemplateText {
  /** BCP 47. */
  readonly language: string;
  /** Of the item that is made from it; may have gaps too. */
  readonly title: string;
  readonly body: string;
  readonly fields: readonly TemplateField[];
}

/** What an item made from it has unless its author says otherwise. */
export interface TemplateDefaults {
  readonly topic: string;
  /** LoaiLinhVuc, 1 to 6. */
  readonly field: number;
  readonly thirdParty: ThirdParty | null;
}

export const TEMPLATE_FAULTS = [
  'template.bodyEmpty',
  'template.keyTwice',
  'template.gapBroken',
  'template.gapUnknown',
  'template.fieldUnused',
  'template.optionalOpen',
  'template.exampleWrong',
] as const;
export type TemplateFault = (typeof TEMPLATE_FAULTS)[number];

/** One gap, or the start or the end of words that may be left out. */
export const MARK = /\{\{\s*([A-Za-z][A-Za-z0-9]*)\s*\}\}|\[\[|\]\]/g;

export interface Piece {
  readonly kind: 'words' | 'gap';
  /** The words, or the key of the gap. */
  readonly text: string;
  /** Number of the part that may be left out; null: always said. */
  readonly optional: number | null;
}

/** The template as words and gaps in their order; null when a bracket is not closed, or stands inside another. */
export function piecesOf(body: string): readonly Piece[] | null {
  const pieces: Piece[] = [];
  let part = 0;
  let optional: number | null = null;
  let from = 0;
  for (const { 0: mark, 1: key, index } of body.matchAll(MARK)) {
    if (index > from) pieces.push({ kind: 'words', text: body.slice(from, index), optional });
    from = index + mark.length;
    if (key !== undefined) pieces.push({ kind: 'gap', text: key, optional });
    else if ((mark === '[[') === (optional === null)) optional = optional === null ? ++part : null;
    else return null;
  }
  if (optional !== null) return null;
  if (from < body.length) pieces.push({ kind: 'words', text: body.slice(from), optional });
  return pieces.some(({ kind, text }) => kind === 'words' && /\{\{|\}\}/.test(text)) ? null : pieces;
}
