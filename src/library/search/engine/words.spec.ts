import { expect, it } from '@jest/globals';
import { placedWords, wordsOf } from './words.js';

const folded = (text: string) => wordsOf(text).map((word) => word.folded);

it('case 20: Đắk Nông, Đăk Nông and dak nong are the same words, and stay what was written', () => {
  expect(wordsOf('Đắk Nông')).toEqual([
    { exact: 'đắk', folded: 'dak' },
    { exact: 'nông', folded: 'nong' },
  ]);
  for (const other of ['Đăk Nông', 'ĐẮK NÔNG'.normalize('NFD'), 'dak nong'])
    expect(folded(other)).toEqual(['dak', 'nong']);
});

it.each([
  ['288/KH-UBND ngày 25/11/2023', ['288', 'kh', 'ubnd', 'ngay', '25', '11', '2023']],
  ['91,4 %; 1.500.000 đồng', ['91', '4', '1', '500', '000', 'dong']],
  ['M’nông, S’tiêng', ['m', 'nong', 's', 'tieng']],
  ['"AND" OR* -NEAR(x):^{y}\\_', ['and', 'or', 'near', 'x', 'y']],
  ['  \u0000\n', []],
  ['𝒳y \ud800 z', ['𝒳y', 'z']],
])('%j', (text, words) => expect(folded(text)).toEqual(words));

it('says where each word stands', () => {
  const text = 'Bà con ấp 3!';
  expect(placedWords(text).map(({ from, to }) => text.slice(from, to))).toEqual(['Bà', 'con', 'ấp', '3']);
});

it('a word without end counts by its beginning', () => {
  expect(folded('a'.repeat(100_000))).toEqual(['a'.repeat(64)]);
});
