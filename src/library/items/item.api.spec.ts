import { describe, expect, it } from '@jest/globals';
import { script } from '../library.spec-support.js';
import { newItem } from './item.api.js';

describe('a request for a new item', () => {
  it.each([
    ['a day that does not exist', { validFrom: '2026-02-30' }],
    ['a day in another form', { validTo: '30/12/2026' }],
    ['a third party outside the three', { thirdParty: 'advertising' }],
    ['field 7', { field: 7 }],
    ['31 audiences', { audience: Array(31).fill('x') }],
    ['an empty audience', { audience: [''] }],
    ['a title of 201 letters', { title: 'ộ'.repeat(201) }],
    ['a sponsor of 201 letters', { sponsor: 'x'.repeat(201) }],
    ['a language with a blank', { language: 'tiếng Việt' }],
    ['a kind that does not exist', { kind: 'radio' }],
    ['a notice without fields', { kind: 'notice', templateId: 'built-in.storm' }],
    ['a notice with a number in a field', { kind: 'notice', templateId: 'built-in.storm', fields: { where: 1 } }],
  ])('with %s is refused at the door', (_, changes) =>
    expect(newItem.safeParse({ ...script(), ...changes }).success).toBe(false),
  );

  it('has its letters counted as they are kept, however they were typed', () =>
    expect(newItem.safeParse({ ...script(), title: 'ộ'.repeat(200).normalize('NFD') }).success).toBe(true));
});
