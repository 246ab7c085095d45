/**
 * Text as people search for it: without diacritics, đ as d, lower case, single spaces (case 20: Đắk Nông, Đăk Nông and
 * dak nong are one). For searching and sorting keys, never for showing.
 */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase().replace(/\s+/g, ' ').trim();
}
