import { expect, it } from '@jest/globals';
import { authorsOf } from './approval-authors.js';

const version = (n: number, authorId: string, textSha256: string | null, uploadSha256: string | null = null) => ({
  n,
  authorId,
  textSha256,
  uploadSha256,
  content: null,
});

it('authors are whoever made the version, its text, or its recording, in whichever version', () => {
  const [hoa, lan, tu, mai] = [
    version(1, 'hoa', 'text-1'),
    version(2, 'lan', 'text-2', 'voice'),
    version(3, 'tu', null, 'voice'),
    version(4, 'mai', 'text-1', 'voice'),
  ];
  const all = [hoa, lan, tu, mai];
  expect([...authorsOf(mai, all)].sort()).toEqual(['hoa', 'lan', 'mai', 'tu']);
  expect([...authorsOf(hoa, all)].sort()).toEqual(['hoa', 'mai']);
  expect([...authorsOf(tu, all)].sort()).toEqual(['lan', 'mai', 'tu']);
});

it('whoever put in the picture or the address stays its author when somebody else changes the words beside it', () => {
  const content = { kind: 'relay', streamUrl: 'https://vov.vn/live' } as const;
  const other = { kind: 'relay', streamUrl: 'https://vov.vn/other' } as const;
  const all = [
    { ...version(1, 'hoa', 'text-1'), content },
    { ...version(2, 'lan', 'text-2'), content: { ...content } },
    { ...version(3, 'tu', 'text-3'), content: other },
  ];
  expect(all.map((each) => [...authorsOf(each, all)].sort())).toEqual([['hoa', 'lan'], ['hoa', 'lan'], ['tu']]);
});

it('two versions without text or recording have nothing in common', () => {
  const [hoa, lan] = [version(1, 'hoa', null), version(2, 'lan', null)];
  expect([...authorsOf(lan, [hoa, lan])]).toEqual(['lan']);
});
