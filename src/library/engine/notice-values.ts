import type { FieldKind, TemplateField } from './notice-template.js';
import { cleanLine } from './script-text.js';

export const VALUE_FAULTS = [
  'notice.fieldUnknown',
  'notice.fieldMissing',
  'notice.fieldTooLong',
  'notice.dateWrong',
  'notice.timeWrong',
  'notice.phoneWrong',
  'notice.numberWrong',
] as const;
export type ValueFault = (typeof VALUE_FAULTS)[number];

export type Value = { readonly value: string } | { readonly fault: ValueFault };

/** A value as it is kept: one clean line; of an optional field it may be empty. Dates are ISO days, times `HH:MM`. */
export function valueIn(field: TemplateField, raw: string | undefined): Value {
  // Longer than any cleaned value can have been: not worth the cleaning.
  if (raw !== undefined && raw.length > 20 * field.longest + 1_000) return { fault: 'notice.fieldTooLong' };
  const value = cleanLine(raw ?? '');
  if (value === '') return field.required ? { fault: 'notice.fieldMissing' } : { value };
  if ([...value].length > field.longest) return { fault: 'notice.fieldTooLong' };
  const kept = KEPT[field.kind](value);
  return kept === null ? { fault: WRONG[field.kind] } : { value: kept };
}

/** How a kept value is said in the text. @param language BCP 47 */
export function saidOf(kind: FieldKind, value: string, language: string): string {
  if (value === '' || !/^vi\b/.test(language)) return value;
  if (kind === 'date') {
    const [year, month, day] = value.split('-').map(Number);
    return `${day}/${month}/${year}`;
  }
  if (kind === 'time') {
    const [hour, minute] = value.split(':').map(Number);
    return minute === 0 ? `${hour} giờ` : `${hour} giờ ${minute} phút`;
  }
  return value;
}

/** The value as it is kept, or null when it is none of its kind. */
const KEPT: Readonly<Record<FieldKind, (value: string) => string | null>> = {
  text: (value) => value,
  date: (value) => (isDay(value) ? value : null),
  time: (value) => (/^([01]\d|2[0-3]):[0-5]\d$/.test(value) ? value : null),
  // From 113 to +84 271 388 1234 with an extension.
  phone: (value) => {
    const digits = value.replace(/\D/g, '').length;
    return /^\+?[\d .()-]+$/.test(value) && digits >= 3 && digits <= 15 ? value : null;
  },
  // As written in Viet Nam: 1.500.000 and 2,5.
  number: (value) => (/^(\d{1,12}|\d{1,3}(\.\d{3}){1,4})(,\d{1,6})?$/.test(value) ? value : null),
};

const WRONG: Readonly<Record<FieldKind, ValueFault>> = {
  text: 'notice.fieldMissing',
  date: 'notice.dateWrong',
  time: 'notice.timeWrong',
  phone: 'notice.phoneWrong',
  number: 'notice.numberWrong',
};

/** A day that exists: not 2026-02-30. */
function isDay(value: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value)?.map(Number) ?? [];
  if (year === undefined || month === undefined || day === undefined || year < 1900) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
