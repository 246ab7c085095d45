import { describe, expect, it } from '@jest/globals';
import {
  type Breach,
  checkPlay,
  checkSessions,
  Overrides,
  RuleBook,
  type RuledPlay,
  type RuleSet,
  wordsOf,
} from './index.js';
import { anOverride, aPlay, aRuleSet, at, ceiling, hours, someYear, VN } from './rules.spec-support.js';

const years = [
  someYear({
    holidays: [{ day: '2026-09-02', name: 'Quốc khánh' }],
    mourning: [{ from: '2026-10-12', to: '2026-10-13', reason: 'Quốc tang' }],
  }),
];
const breach = (rules: Partial<RuleSet>, play: RuledPlay, overrides = new Overrides([])): Breach => {
  const book = new RuleBook([aRuleSet(rules)], years);
  return [...checkPlay(book, play, VN, overrides).breaches, ...checkSessions(book, [play], VN, overrides)][0]!;
};
const twice = { windows: [hours('06:00–07:00'), hours('17:00–18:00')] };
const exam = {
  blackouts: [
    {
      fromMs: at('2026-06-11T06:00'),
      untilMs: at('2026-06-12T18:00'),
      reason: 'Thi tốt nghiệp THPT',
      kind: 'exam' as const,
    },
  ],
};

describe('a breach in words', () => {
  it.each<[string, Breach, string, string]>([
    [
      'case 15: 05:00 under a 06:00 rule',
      breach(twice, aPlay('2026-07-06T05:00')),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 chỉ cho phát vào ngày 06/07/2026 trong khung giờ 06:00–07:00; 17:00–18:00. Lần phát 06/07/2026, 05:00–05:10 nằm ngoài khung giờ cho phép.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 allow plays on 06/07/2026 only within 06:00–07:00; 17:00–18:00. The play of 06/07/2026, 05:00–05:10 lies outside.',
    ],
    [
      'case 15: an emergency',
      breach(twice, aPlay('2026-07-06T05:00', 10, { class: 'emergency' })),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 chỉ cho phát vào ngày 06/07/2026 trong khung giờ 06:00–07:00; 17:00–18:00. Lần phát 06/07/2026, 05:00–05:10 nằm ngoài khung giờ cho phép. Bản tin khẩn cấp nên vẫn được phát.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 allow plays on 06/07/2026 only within 06:00–07:00; 17:00–18:00. The play of 06/07/2026, 05:00–05:10 lies outside. It is an emergency, so it is played all the same.',
    ],
    [
      'no hours on a holiday, let pass by a person',
      breach(
        { windows: [hours('06:00–07:00', { days: ['workday'] })] },
        aPlay('2026-09-02T23:55:30'),
        new Overrides([anOverride()]),
      ),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 không cho phát vào ngày 02/09/2026 (Quốc khánh). Lần phát 02/09/2026, 23:55:30–03/09/2026, 00:05:30 nằm ngoài khung giờ cho phép. Vẫn được phát vì Nguyễn Thị Lan cho phép, lý do: Hội nghị đối thoại.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 allow no play on 02/09/2026 (Quốc khánh). The play of 02/09/2026, 23:55:30–03/09/2026, 00:05:30 lies outside. It is played all the same: Nguyễn Thị Lan allowed it, because: Hội nghị đối thoại.',
    ],
    [
      'a window over midnight',
      breach({ windows: [hours('22:00–01:30', { untilDay: 'next', days: [1] })] }, aPlay('2026-07-06T21:00')),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 chỉ cho phát vào ngày 06/07/2026 trong khung giờ 22:00–01:30 hôm sau. Lần phát 06/07/2026, 21:00–21:10 nằm ngoài khung giờ cho phép.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 allow plays on 06/07/2026 only within 22:00–01:30 of the next day. The play of 06/07/2026, 21:00–21:10 lies outside.',
    ],
    [
      'a blackout',
      breach(exam, aPlay('2026-06-11T06:00')),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 yêu cầu ngừng phát từ 06:00 11/06/2026 đến 18:00 12/06/2026 (kỳ thi: Thi tốt nghiệp THPT). Lần phát 11/06/2026, 06:00–06:10 rơi vào thời gian này.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 ask for silence from 06:00 11/06/2026 until 18:00 12/06/2026 (examination: Thi tốt nghiệp THPT). The play of 11/06/2026, 06:00–06:10 falls into it.',
    ],
    [
      'national mourning',
      breach({}, aPlay('2026-10-13T06:00')),
      'Danh sách ngày đặc biệt năm 2026 yêu cầu ngừng phát từ 00:00 12/10/2026 đến 00:00 14/10/2026 (để tang: Quốc tang). Lần phát 13/10/2026, 06:00–06:10 rơi vào thời gian này.',
      'The special days of the year 2026 ask for silence from 00:00 12/10/2026 until 00:00 14/10/2026 (mourning: Quốc tang). The play of 13/10/2026, 06:00–06:10 falls into it.',
    ],
    [
      'too loud',
      breach({ volumeCeilings: [ceiling(60, '05:00–06:00')] }, aPlay('2026-07-06T05:00')),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 giới hạn âm lượng ở mức 60 trong khoảng 05:00–06:00. Lần phát 06/07/2026, 05:00–05:10 đặt âm lượng 80, nên được hạ xuống 60.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 limit the volume to 60 within 05:00–06:00. The play of 06/07/2026, 05:00–05:10 asks for 80 and is turned down to 60.',
    ],
    [
      'too loud, in an emergency',
      breach({ volumeCeilings: [ceiling(60, '05:00–06:00')] }, aPlay('2026-07-06T05:00', 10, { class: 'emergency' })),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 giới hạn âm lượng ở mức 60 trong khoảng 05:00–06:00. Lần phát 06/07/2026, 05:00–05:10 đặt âm lượng 80. Bản tin khẩn cấp nên vẫn được phát.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 limit the volume to 60 within 05:00–06:00. The play of 06/07/2026, 05:00–05:10 asks for 80. It is an emergency, so it is played all the same.',
    ],
    [
      'a session too long',
      breach({ maxSessionMinutes: 15 }, aPlay('2026-07-06T17:00', 20)),
      'Quy chế số 12/QC-UBND ngày 05/01/2026 cho phép mỗi buổi phát dài tối đa 15 phút. Lần phát 06/07/2026, 17:00–17:20 vượt quá mức đó trong buổi phát 06/07/2026, 17:00–17:20.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 allow at most 15 minutes a session. The play of 06/07/2026, 17:00–17:20 goes beyond that in the session of 06/07/2026, 17:00–17:20.',
    ],
    [
      'a session too many',
      checkSessions(new RuleBook([aRuleSet({ maxSessionsPerDay: 1 })], []), [
        aPlay('2026-07-06T05:00'),
        aPlay('2026-07-06T17:00'),
      ])[0]!,
      'Quy chế số 12/QC-UBND ngày 05/01/2026 cho phép tối đa 1 buổi phát mỗi ngày. Lần phát 06/07/2026, 17:00–17:10 thuộc buổi thứ 2 trong ngày.',
      'Operating rules no. 12/QC-UBND of 05/01/2026 allow at most 1 session a day. The play of 06/07/2026, 17:00–17:10 belongs to session 2 of the day.',
    ],
  ])('%s', (_, found, vi, en) => {
    expect(wordsOf(found, 'vi')).toBe(vi);
    expect(wordsOf(found, 'en')).toBe(en);
  });
});
