import {
  CONFLICT_CODES,
  SEVERITIES,
  SOLUTION_KINDS,
  type SolutionKind,
} from '../../src/scheduling/engine/conflicts/index.js';
import { WHY_CODES } from '../../src/scheduling/engine/why/index.js';
import { table } from './markdown.js';

const SOLUTION_MEANING: Readonly<Record<SolutionKind, readonly [vi: string, en: string]>> = {
  replace: ['phát thay thế', 'one occurrence is cancelled, the other plays'],
  append: ['phát nối tiếp', 'one plays right behind the other'],
  move: ['dời giờ', 'it moves to the next free place within the rules'],
  shorten: ['rút ngắn', 'a step, or an entry in the slot, is taken out'],
  decide: ['xã quyết định', 'the commune says who goes first and what becomes of the other'],
  override: ['cho phép vượt quy chế', 'a person lets it break the rule, with a reason'],
  language: ['thêm bản ngôn ngữ', 'a version in a missing language is made'],
  approve: ['gửi duyệt', 'the content is approved'],
  extend: ['sửa thời hạn', 'the validity of the content is changed'],
  audio: ['kiểm tra âm thanh', 'the audio is looked at or uploaded again'],
  target: ['chọn lại nơi phát', 'other loudspeakers or boards are chosen'],
  anchor: ['chọn lại chỗ nối', 'another slot or entry to stand in or behind is chosen'],
};

/** docs/conflicts.md, written from the data that the service obeys. */
export const conflictsPage = (): string =>
  `${[
    '# Conflicts, solutions, and why',
    '',
    '<!-- Written by `npm run contracts` from src/scheduling/engine. Change the data there, not this page. -->',
    '',
    `\`GET /api/schedule/conflicts\` tells what a person should look at, the gravest first (${SEVERITIES.map((each) => `\`${each}\``).join(', ')}), with`,
    'the parties, what happens if nothing is done, and solutions that were tried out. `POST /api/schedule/conflicts/solutions` does `replace`,',
    '`append` and `move`; the others are done where a person answers for them.',
    '',
    ...table(
      ['Code', 'Vietnamese', 'Meaning'],
      Object.entries(CONFLICT_CODES).map(([code, { vi, en }]) => [`\`${code}\``, vi, en]),
    ),
    '',
    '## Solutions',
    '',
    ...table(
      ['`kind`', 'Vietnamese', 'Meaning'],
      SOLUTION_KINDS.map((kind) => [`\`${kind}\``, ...SOLUTION_MEANING[kind]]),
    ),
    '',
    '## Why',
    '',
    '`GET /api/schedule/why` answers for an item or entry, a cluster and a minute with reasons in both languages, each with the entry, rule',
    'set, decision or override that it rests on (`cites`). Codes of reasons:',
    '',
    WHY_CODES.map((code) => `\`${code}\``).join(', '),
  ].join('\n')}\n`;
