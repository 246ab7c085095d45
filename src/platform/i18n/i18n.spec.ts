import { describe, expect, it } from '@jest/globals';
import { defineProblems, fold, pickLanguage } from './index.js';

describe('languages', () => {
  it.each([
    [undefined, 'vi'],
    ['', 'vi'],
    ['vi-VN,vi;q=0.9,en;q=0.8', 'vi'],
    ['en-GB', 'en'],
    ['fr, en;q=0.5, vi;q=0.4', 'en'],
    ['en;q=0, fr', 'vi'],
    [';;;,q=', 'vi'],
  ] as const)('Accept-Language %p reads %s', (header, language) => expect(pickLanguage(header)).toBe(language));

  it('case 20: names are found with and without diacritics, in either Unicode form', () => {
    for (const name of ['Đắk Nông', 'Đăk Nông', 'dak nong', 'ĐẮK  NÔNG', 'Đắk Nông'.normalize('NFD')])
      expect(fold(name)).toBe('dak nong');
  });

  it('a problem speaks both languages and fills in its parameters', () => {
    const problem = defineProblems({
      'spec.full': { status: 409, vi: 'Kho đầy: {count} mục', en: 'Store full: {count} items' },
    });
    expect(problem('spec.full', { count: 3 }).title('vi')).toBe('Kho đầy: 3 mục');
    expect(problem('spec.full', { count: 3 }).title('en')).toBe('Store full: 3 items');
    expect(() => defineProblems({ 'spec.full': { status: 400, vi: 'a', en: 'b' } })).toThrow('declared twice');
  });
});
