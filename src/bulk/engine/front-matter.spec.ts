import { describe, expect, it } from '@jest/globals';
import { toldBy } from './front-matter.js';

describe('the head of a Markdown file', () => {
  it('tells what its keys know', () => {
    const { told, warnings } = toldBy({
      title: ' Từ hai con dê \n mẹ ',
      field: 6,
      audience: ['hộ nghèo', ' nữ chủ hộ '],
      form: 'gương người tốt',
      language: 'vi',
      sourceOffice: 'Phòng VH&TT',
      validFrom: '2024-02-29',
      topic: '',
      byline: null,
    });
    expect(told).toEqual({
      title: 'Từ hai con dê mẹ',
      field: 6,
      audience: ['hộ nghèo', 'nữ chủ hộ'],
      form: 'gương người tốt',
      language: 'vi',
      sourceOffice: 'Phòng VH&TT',
      validFrom: '2024-02-29',
    });
    expect(warnings).toEqual([]);
  });

  it('an audience may stand in one line', () => {
    expect(toldBy({ audience: 'hộ nghèo, hộ cận nghèo; nữ' }).told).toEqual({
      audience: ['hộ nghèo', 'hộ cận nghèo', 'nữ'],
    });
  });

  it.each([
    ['a field that does not exist', { field: 7 }],
    ['a field that is a word', { field: 'sáu' }],
    ['a list where a line belongs', { topic: ['a', 'b'] }],
    ['a day that no calendar has', { validTo: '2026-02-29' }],
    ['a day in another order', { validTo: '29/01/2026' }],
    ['no language tag', { language: 'tiếng Việt' }],
    ['a line without end', { programme: 'x'.repeat(201) }],
    ['a crowd', { audience: Array.from({ length: 31 }, (_, i) => `${i}`) }],
  ])('%s is said and not believed', (_what, frontMatter) => {
    const [key] = Object.keys(frontMatter);
    expect(toldBy(frontMatter)).toEqual({ told: {}, warnings: [{ code: 'frontMatterWrong', key }] });
  });

  it('an unknown key is said; a plan line is the receiving office’s own', () => {
    expect(toldBy({ mood: 'vui', planLine: 'radio-script', constructor: 'x' }).warnings).toEqual([
      { code: 'frontMatterUnknown', key: 'mood' },
      { code: 'planLineIgnored', key: 'planLine' },
      { code: 'frontMatterUnknown', key: 'constructor' },
    ]);
  });
});
