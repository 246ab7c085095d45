import { describe, expect, it } from '@jest/globals';
import { checkSessions, Overrides, RuleBook, type RuledPlay, type RuleSet } from './index.js';
import { anOverride, aPlay, aRuleSet, at, VN } from './rules.spec-support.js';

const play = (id: string, time: string, minutes: number, changes: Partial<RuledPlay> = {}) =>
  aPlay(`2026-07-06T${time}`, minutes, { entryId: id, occurrence: id, ...changes });
const beyond = (rules: Partial<RuleSet>, ...plays: RuledPlay[]) =>
  checkSessions(new RuleBook([aRuleSet(rules)], []), plays).map(({ code, play }) => `${code} ${play.entryId}`);

describe('15 minutes a session', () => {
  const rules = { maxSessionMinutes: 15 };

  it('exactly 15 minutes of plays back to back are allowed', () => {
    expect(beyond(rules, play('a', '17:00', 5), play('b', '17:05', 10))).toEqual([]);
  });

  it('the plays that end beyond are named, in any order of the plays', () => {
    const plays = [play('a', '17:00', 10), play('b', '17:10', 10), play('c', '17:14', 2)];
    const expected = ['ruleSessionTooLong b', 'ruleSessionTooLong c'];
    expect(beyond(rules, ...plays)).toEqual(expected);
    expect(beyond(rules, ...plays.reverse())).toEqual(expected);
  });

  it('a pause of 5 minutes begins another session, one shorter by a second does not', () => {
    expect(beyond(rules, play('a', '17:00', 10), play('b', '17:15', 10))).toEqual([]);
    const shorter = play('b', '17:15', 10, { startMs: at('2026-07-06T17:14:59') });
    expect(beyond(rules, play('a', '17:00', 10), shorter)).toEqual(['ruleSessionTooLong b']);
  });

  it('the pause is data of the area; plays that touch are one session even without any', () => {
    expect(beyond({ ...rules, sessionGapMinutes: 2 }, play('a', '17:00', 10), play('b', '17:12', 10))).toEqual([]);
    const touching = [play('a', '17:00', 10), play('b', '17:10', 10)];
    expect(beyond({ ...rules, sessionGapMinutes: 0 }, ...touching)).toEqual(['ruleSessionTooLong b']);
  });

  it('what is not heard takes no room: neither does it lengthen a session nor join two of them', () => {
    const long = play('b', '17:10', 10);
    expect(beyond(rules, play('a', '17:00', 10), long, play('c', '17:12', 3))).toEqual(['ruleSessionTooLong b']);
    expect(beyond(rules, play('a', '17:00', 10), long, play('c', '17:21', 15))).toEqual(['ruleSessionTooLong b']);
    expect(beyond(rules, play('a', '17:00', 20), play('b', '17:10', 15))).toEqual(['ruleSessionTooLong a']);
  });

  it('what plays inside a longer play does not end its session', () => {
    expect(beyond(rules, play('a', '17:00', 14), play('b', '17:01', 1), play('c', '17:18', 1))).toEqual([
      'ruleSessionTooLong c',
    ]);
  });
});

describe('2 sessions a day', () => {
  const rules = { maxSessionsPerDay: 2 };

  it('all plays of the third are named, with the session they belong to', () => {
    const plays = [play('a', '05:00', 10), play('b', '11:00', 10), play('c', '17:00', 10), play('d', '17:10', 10)];
    expect(beyond(rules, ...plays)).toEqual(['ruleTooManySessions c', 'ruleTooManySessions d']);
    expect(checkSessions(new RuleBook([aRuleSet(rules)], []), plays)[0]).toMatchObject({
      source: { number: '12/QC-UBND' },
      allowed: { sessions: 2 },
      nth: 3,
      session: { fromMs: at('2026-07-06T17:00'), untilMs: at('2026-07-06T17:10') },
    });
  });

  it('a session of which nothing is heard does not count', () => {
    const plays = [play('a', '05:00', 30), play('b', '11:00', 10), play('c', '17:00', 10)];
    expect(beyond({ ...rules, maxSessionMinutes: 15 }, ...plays)).toEqual(['ruleSessionTooLong a']);
  });

  it('each local day counts its own; one over midnight belongs to the day on which it began', () => {
    const tomorrow = aPlay('2026-07-07T05:00', 10, { entryId: 'c' });
    const plays = [play('a', '05:00', 10), play('b', '23:55', 10), tomorrow];
    expect(beyond(rules, ...plays, aPlay('2026-07-07T17:00', 10, { entryId: 'd' }))).toEqual([]);
  });
});

describe('what may break session rules', () => {
  it('an emergency takes no room from the schedule, and its pass is reported', () => {
    const plays = [play('a', '17:00', 10), play('storm', '17:10', 30, { class: 'emergency' }), play('b', '17:13', 2)];
    const found = checkSessions(new RuleBook([aRuleSet({ maxSessionMinutes: 15 })], []), plays);
    expect(found).toMatchObject([
      { code: 'ruleSessionTooLong', play: { entryId: 'storm' }, passed: { by: 'emergency' } },
    ]);
  });

  it('beside an emergency everything else that is heard counts, whatever room the emergency takes', () => {
    const storm = play('storm', '17:20', 5, { class: 'emergency' });
    const plays = [play('siren', '17:00', 14, { class: 'emergency' }), play('a', '17:14', 6), storm];
    const found = checkSessions(new RuleBook([aRuleSet({ maxSessionMinutes: 15 })], []), plays);
    expect(found).toMatchObject([{ play: { entryId: 'storm' }, session: { untilMs: at('2026-07-06T17:25') } }]);
  });

  it('a person with a reason', () => {
    const book = new RuleBook([aRuleSet({ maxSessionMinutes: 15 })], []);
    const overrides = new Overrides([anOverride({ entryId: 'a', codes: ['ruleSessionTooLong'] })]);
    expect(checkSessions(book, [play('a', '17:00', 20)], VN, overrides)).toMatchObject([
      { passed: { by: 'override' } },
    ]);
  });

  it('no plays, no rules: nothing', () => {
    expect(beyond({})).toEqual([]);
    expect(beyond({}, play('a', '17:00', 600))).toEqual([]);
  });
});
