import { describe, expect, it } from '@jest/globals';
import { approveTexts } from './approve/messages.js';
import { languageOf, otherAddress } from './languages.js';
import { sendTexts } from './send/messages.js';

describe('the language of a page', () => {
  it.each([
    ['', [], 'vi'],
    ['', ['vi-VN', 'en'], 'vi'],
    ['', ['fr', 'en-GB', 'vi'], 'en'],
    ['?lang=vi', ['en'], 'vi'],
    ['?lang=en', ['vi'], 'en'],
    ['?lang=fr', ['de'], 'vi'],
  ] as const)('%p in a browser that reads %p is %s', (search, wishes, language) =>
    expect(languageOf(search, wishes)).toBe(language),
  );

  it('the other one is the same page', () => {
    expect(otherAddress('http://dai.vn/duyet?item=a', 'vi')).toBe('/duyet?item=a&lang=en');
    expect(otherAddress('http://dai.vn/gui/t?lang=en', 'en')).toBe('/gui/t?lang=vi');
  });
});

describe('the texts of the smaller pages', () => {
  it.each([
    ['for senders and readers', sendTexts],
    ['for approvers', approveTexts],
  ] as const)('%s have the same keys and the same gaps in both languages', (_, texts) => {
    const gaps = (table: object): unknown[] =>
      Object.entries(table).map(([key, text]) =>
        typeof text === 'object' ? [key, gaps(text)] : [key, (String(text).match(/\{\w+\}/g) ?? []).sort()],
      );
    expect(gaps(texts('en'))).toEqual(gaps(texts('vi')));
  });
});
