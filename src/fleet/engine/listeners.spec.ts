import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { commonPath } from '../../areas/index.js';
import { spokenOrder } from './spoken-order.js';

describe('languages of a place', () => {
  it.each<[string, string[][], string[]]>([
    ['no hamlet says anything', [], []],
    ['one hamlet: its own order', [['mnn', 'vi']], ['mnn', 'vi']],
    ['the best rank counts, not the average', [['vi', 'mnn', 'rad'], ['rad']], ['rad', 'vi', 'mnn']],
    ['at the same rank: first what more hamlets speak', [['rad'], ['vi'], ['vi']], ['vi', 'rad']],
    [
      'how many hamlets name it at any rank',
      [
        ['rad', 'vi'],
        ['mnn', 'rad'],
      ],
      ['rad', 'mnn', 'vi'],
    ],
    ['at the same rank and number: by code', [['vi'], ['mnn']], ['mnn', 'vi']],
  ])('%s', (_what, profiles, languages) => {
    expect(spokenOrder(profiles)).toEqual(languages);
  });

  it('the order of the hamlets never matters, and no language is lost or doubled', () => {
    const profile = fc.uniqueArray(fc.constantFrom('vi', 'mnn', 'rad', 'bdq', 'jra', 'hmn', 'km'), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(profile, { maxLength: 6 }), (profiles) => {
        const languages = spokenOrder(profiles);
        expect(spokenOrder([...profiles].reverse())).toEqual(languages);
        expect([...languages].sort()).toEqual([...new Set(profiles.flat())].sort());
      }),
    );
  });
});

describe('the area around places', () => {
  it.each<[string, string[], string]>([
    ['one place: its own', ['/p/a/'], '/p/a/'],
    ['two communes: their province', ['/p/a/', '/p/b/'], '/p/'],
    ['names that begin alike are different areas', ['/p/a1/', '/p/a12/'], '/p/'],
    ['one inside the other: the outer one', ['/p/a/x/', '/p/a/'], '/p/a/'],
    ['two provinces: everything', ['/p/a/', '/q/b/'], '/'],
    ['no place: everything', [], '/'],
  ])('%s', (_what, paths, common) => {
    expect(commonPath(paths)).toBe(common);
  });
});
