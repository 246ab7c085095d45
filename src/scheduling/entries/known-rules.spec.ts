import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { describeOnBothDatabases } from '../../../test/support/databases.js';
import type { Database } from '../../platform/database/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import { seriesOf } from '../engine/index.js';
import { newPublication } from '../publications/publication.api.js';
import { aProvince, tables } from '../scheduling.spec-support.js';
import { KnownRules } from './known-rules.js';

/** Ten rules of 20,000 starts each, which are walked through to find the last one. */
const heavy = (n: number) => ({
  ...{ kind: 'rrule' as const, start: `2026-01-06T00:${String(n).padStart(2, '0')}`, dates: [], except: [] },
  rules: Array.from({ length: 10 }, (_, k) => `FREQ=MINUTELY;INTERVAL=60;BYSECOND=${k};COUNT=20000`),
});
const ENTRIES = 5;

describe('rules that were met before', () => {
  it('are the same object again, whose series is known', () => {
    const known = new KnownRules();
    const rule = known.of(heavy(1));
    expect(known.of(heavy(1))).toBe(rule);
    expect(known.of(heavy(2))).not.toBe(rule);
    expect(seriesOf(known.of(heavy(1)), 'UTC')).toBe(seriesOf(rule, 'UTC'));
    expect(seriesOf(rule, 'Asia/Ho_Chi_Minh')).not.toBe(seriesOf(rule, 'UTC'));
    expect(seriesOf(rule, 'UTC')).toBe(seriesOf(rule, 'UTC'));
  });
});

describeOnBothDatabases('rules with huge counts hold no write', tables, (open) => {
  let database: Database;
  let place: Awaited<ReturnType<typeof aProvince>>;
  beforeEach(async () => {
    database = await open();
    place = await aProvince(database);
  });

  /** What is finished first: the work, or a small write that was asked for after it. */
  async function first(work: Promise<unknown>): Promise<string> {
    await nextTurn();
    const small = database.write((tx) => new Outbox(place.clock).add(tx, { topic: 'schedule.changed', payload: {} }));
    const order: string[] = [];
    await Promise.all([work.then(() => order.push('work')), small.then(() => order.push('small'))]);
    return order[0] ?? '';
  }
  const all = () => Array.from({ length: ENTRIES }, (_, n) => place.request({ recurrence: heavy(n) }));

  it('entries are judged before they are written, and so are edits of those that are there', async () => {
    const work = place.entries.createMany(place.operator, all());
    expect(await first(work)).toBe('small');
    const ids = (await work).map(({ id }) => id);
    expect(ids).toHaveLength(ENTRIES);
    expect(await first(place.entries.editMany(place.operator, ids, { zone: 'Asia/Bangkok' }))).toBe('small');
  });

  it('publications and their undoing too', async () => {
    const changes = all().map((entry) => ({ kind: 'make' as const, entry }));
    const made = place.publications.publish(place.operator, newPublication.parse({ changes }));
    expect(await first(made)).toBe('small');
    expect(await first(place.publications.undo(place.operator, (await made).id))).toBe('small');
  });
});
