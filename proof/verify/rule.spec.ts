import { describe, expect, it } from '@jest/globals';
import { FIRST_LINK, type Receipt, toHex } from '../../devices/protocol/index.js';
import { nodeEngine } from '../cli/node-engine.js';
import { type DeclaredRecord, FILES } from '../pack/contents.js';
import type { CoverageLine } from '../pack/coverage.js';
import { type Draft, numberLeaves, receiptOf, START, signedRun } from '../testing/pack.js';
import { codes, forged, words } from '../testing/verdicts.js';
import { partsOf } from './cells.js';
import type { Verdict } from './index.js';

const FOUR = { devices: 2, receipts: 4, run: 1 };
const PHOTO = Buffer.from('a photograph');

/** Two devices of a cluster and a hamlet each, two items; each played each item once. */
const pack = (change: (draft: Draft) => void): Promise<Verdict> => forged(change, FOUR);

/** What device 1 says, signed anew; the second item stays as it was. */
function says(draft: Draft, changes: Partial<Receipt>): void {
  const first = signedRun(1, [JSON.stringify(receiptOf(1, 1, changes))], 1, FIRST_LINK);
  const second = signedRun(1, [JSON.stringify(receiptOf(1, 2))], 2, first.link);
  draft.runs.set('device-1', [first, second]);
  numberLeaves(draft);
}

function lines(draft: Draft, which: Partial<CoverageLine>, changes: Partial<CoverageLine>): void {
  const fits = (line: CoverageLine) => Object.entries(which).every(([name, is]) => line[name as never] === is);
  draft.coverage = draft.coverage.map((line) => (fits(line) ? { ...line, ...changes } : line));
}
const FIRST_CELL = { ma_ban_tin: 'item-1', ma_ap: 'ap-1' };
const reached = (draft: Draft, count: number) => {
  draft.head = { ...draft.head, result: { required: 4, reached: count, done: count === 4 } };
};
const rule = (draft: Draft, changes: Partial<Draft['head']['rule']>) => {
  draft.head = { ...draft.head, rule: { ...draft.head.rule, ...changes } };
};
const OPEN = { cum_loa_ket_qua: 'partial', o_ket_qua: 'partial' } as const;

describe('the rule of a line, reckoned from receipts', () => {
  it('two plays asked: a cell with one is open, and the table may not say otherwise', async () => {
    const told = await pack((draft) => {
      rule(draft, { plays: 2 });
      lines(draft, {}, OPEN);
      reached(draft, 0);
    });
    expect(told.findings).toEqual([]);
    const lied = await pack((draft) => rule(draft, { plays: 2 }));
    expect(words(lied)).toContain(
      'coverage.csv, Bài 1, An Khương, Ấp 1: says “complete”, the receipts under the rule of the line show “partial”.',
    );
  });

  it('a hamlet with two clusters: all of them, or any', async () => {
    const shared = (draft: Draft) => {
      draft.hamlets[0]?.clusters.push({ id: 'cluster-2', reach: 'horn', from: '2025-01-01', to: null });
      const also = { ma_cum_loa: 'cluster-2', so_hieu_cum_loa: 'k2', cum_loa: 'Cụm loa ấp 2' };
      draft.coverage.push(...draft.coverage.filter((l) => l.ma_ap === 'ap-1').map((l) => ({ ...l, ...also })));
      // Device 1 did not finish the first item.
      says(draft, { outcome: 'partial', cause: 'stopped', grade: 'started', playedMs: 9_000 });
      lines(draft, { ...FIRST_CELL, ma_cum_loa: 'cluster-1' }, { so_lan_phat_du: '0', so_lan_phat_chua_du: '1' });
      lines(draft, { ...FIRST_CELL, ma_cum_loa: 'cluster-1' }, { cum_loa_ket_qua: 'partial' });
    };
    const any = await pack((draft) => {
      shared(draft);
      rule(draft, { clusters: 'any' });
    });
    expect(any.findings).toEqual([]);
    const all = await pack(shared);
    expect(words(all)).toContain('Bài 1, An Khương, Ấp 1: says “complete”');
    expect(codes(all)).toEqual(['coverageWrong', 'resultWrong']);
  });

  it('least grade: a signal on the line. A device that cannot tell completes nothing', async () => {
    const sensed = await pack((draft) => {
      rule(draft, { leastGrade: 'sensed' });
      says(draft, { sensed: true });
      lines(draft, {}, OPEN);
      lines(draft, FIRST_CELL, { so_lan_co_tin_hieu: '1', cum_loa_ket_qua: 'complete', o_ket_qua: 'complete' });
      reached(draft, 1);
    });
    expect(sensed.findings).toEqual([]);
    const claimed = await pack((draft) => {
      rule(draft, { leastGrade: 'sensed' });
      lines(draft, FIRST_CELL, { so_lan_co_tin_hieu: '1' });
    });
    expect(words(claimed)).toContain('the number of plays with a signal on the line is stated as 1, the pack shows 0');
    expect(codes(claimed)).toEqual(['countWrong', 'coverageWrong', 'resultWrong']);
  });

  it('least grade: heard by the head of the hamlet, session by session', async () => {
    const answer = { item: 'item-1', hamlet: 'ap-1', session: 'ap-1.1', day: '2026-01-05', kind: 'head' } as const;
    const asked = (draft: Draft) => {
      rule(draft, { leastGrade: 'heard' });
      lines(draft, {}, { o_ket_qua: 'partial' });
      // The head's own answer and a telephoned one, of one session.
      draft.heard.push(answer, { ...answer, kind: 'telephone' });
      lines(draft, FIRST_CELL, { so_lan_nghe_ro: '1', o_ket_qua: 'complete' });
      reached(draft, 1);
    };
    const heard = await pack(asked);
    expect(heard.findings).toEqual([]);
    expect(heard.notes).toContainEqual({ code: 'heardWord', parameters: { count: 2 } });
    const twice = await pack((draft) => {
      asked(draft);
      lines(draft, FIRST_CELL, { so_lan_nghe_ro: '2' });
    });
    expect(words(twice)).toContain('sessions that were heard clearly is stated as 2, the pack shows 1');
    const silent = await pack((draft) => {
      asked(draft);
      draft.heard = [];
    });
    expect(codes(silent)).toEqual(['coverageWrong', 'countWrong', 'resultWrong']);
  });

  it('languages: an item in another one has no place in the table', async () => {
    const verdict = await pack((draft) => rule(draft, { languages: ['xtg'] }));
    expect(words(verdict)).toContain('Bài 1: the language vi is not one that the line asks for.');
    expect((await pack((draft) => rule(draft, { languages: ['vi', 'xtg'] }))).findings).toEqual([]);
  });

  it('đưa tới máy phát: a transmitter completes no cell of any hamlet, whatever it played', async () => {
    const transmitter = (draft: Draft) => {
      for (const hamlet of draft.hamlets)
        hamlet.clusters = [{ id: 'cluster-1', reach: 'transmitter', from: '2025-01-01', to: null }];
      const place = { ma_cum_loa: 'cluster-1', so_hieu_cum_loa: 'k1', cum_loa: 'Máy phát', may_phat: 'x' };
      lines(draft, {}, { ...place, so_lan_phat_du: '0', so_lan_phat_chua_du: '1', ...OPEN });
      draft.runs.delete('device-2');
      draft.devices.delete('device-2');
      const one = draft.devices.get('device-1');
      if (one) draft.devices.set('device-1', { ...one, cluster: { ...one.cluster, reach: 'transmitter' } });
      draft.head = { ...draft.head, counts: { ...draft.head.counts, receipts: 2 } };
      reached(draft, 0);
      numberLeaves(draft);
    };
    expect((await pack(transmitter)).findings).toEqual([]);
    const claimed = await pack((draft) => {
      transmitter(draft);
      lines(draft, FIRST_CELL, { so_lan_phat_du: '1', cum_loa_ket_qua: 'complete', o_ket_qua: 'complete' });
    });
    expect(words(claimed)).toContain('Bài 1, An Khương, Ấp 1: says “complete”');
    const hidden = await pack((draft) => {
      transmitter(draft);
      for (const hamlet of draft.hamlets)
        hamlet.clusters = hamlet.clusters.map((each) => ({ ...each, reach: 'horn' as const }));
    });
    expect(codes(hidden)).toContain('reachOther');
  });

  it('case 17: plays count for a hamlet while the cluster served it, day by day', async () => {
    const moved = await pack((draft) => {
      for (const hamlet of draft.hamlets)
        for (const link of hamlet.clusters) if (link.id === 'cluster-1') link.from = '2026-01-06';
    });
    expect(codes(moved)).toEqual(expect.arrayContaining(['countWrong', 'coverageWrong', 'playUncounted']));
    expect(words(moved)).toContain('receipts of item item-1 at cluster cluster-1 on 2026-01-05');
    expect(
      partsOf(
        [
          { id: 'a', reach: 'horn', from: '2026-01-01', to: '2026-01-10' },
          { id: 'b', reach: 'horn', from: '2026-01-08', to: null },
        ],
        { from: '2026-01-05', to: '2026-01-12' },
      ).map(({ from, until, clusters }) => [from, until, ...clusters]),
    ).toEqual([
      ['2026-01-05', '2026-01-08', 'a'],
      ['2026-01-08', '2026-01-10~', 'a', 'b'],
      ['2026-01-10~', '2026-01-12~', 'b'],
    ]);
  });

  it('a hamlet, a cluster or an item that the table leaves out, or makes up', async () => {
    const without = await pack((draft) => {
      draft.coverage = draft.coverage.filter(({ ma_ap, ma_ban_tin }) => ma_ap !== 'ap-2' || ma_ban_tin !== 'item-2');
    });
    expect(words(without)).toContain('coverage.csv lacks item-2, An Khương, Ấp 2.');
    const more = await pack((draft) => lines(draft, { ma_ap: 'ap-2' }, { ma_ap: 'ap-9' }));
    expect(codes(more)).toEqual(expect.arrayContaining(['lineMissing', 'lineForeign']));
  });
});

describe('khai báo', () => {
  const declared = (changes: Partial<DeclaredRecord> = {}): DeclaredRecord => ({
    ...{
      id: 'declared-1',
      item: 'item-1',
      title: 'Bài 1',
      hamlet: 'ap-1',
      hamletName: 'Ấp 1',
      communeName: 'An Khương',
    },
    ...{ day: '2026-01-06', means: 'portableLoudspeaker', person: 'Nguyễn Thị Bé', note: '', enteredBy: 'Chị Hoa' },
    enteredAtMs: START,
    photo: { sha256: toHex(nodeEngine.sha256(PHOTO)), file: FILES.declaredPhoto(1, 'image/jpeg') },
    ...changes,
  });
  const brought =
    (changes: Partial<DeclaredRecord> = {}) =>
    (draft: Draft) => {
      draft.declared.push(declared(changes));
      draft.files.set(FILES.declaredPhoto(1, 'image/jpeg'), PHOTO);
      draft.head = { ...draft.head, counts: { ...draft.head.counts, declared: 1 } };
      lines(draft, FIRST_CELL, { khai_bao: '1' });
    };

  it('stands beside the cell with its photograph, and is counted apart', async () => {
    const verdict = await pack(brought());
    expect(verdict.findings).toEqual([]);
    expect(verdict.checks.find(({ code }) => code === 'declared')).toMatchObject({ state: 'good', looked: 1 });
    expect(verdict.notes).toContainEqual({ code: 'declaredWord', parameters: { count: 1 } });
  });

  it('is never played: a cell that nobody played stays open', async () => {
    const verdict = await pack((draft) => {
      brought()(draft);
      draft.runs.get('device-1')?.splice(0, 1);
      draft.head = { ...draft.head, counts: { ...draft.head.counts, receipts: 3 } };
      numberLeaves(draft);
      lines(draft, FIRST_CELL, { so_lan_phat_du: '0', so_lan_chua_ro: '1', cum_loa_ket_qua: 'unknown' });
    });
    expect(words(verdict)).toContain('Bài 1, An Khương, Ấp 1: says “complete”');
    expect(codes(verdict)).toEqual(['coverageWrong', 'resultWrong']);
  });

  it.each<[string, (draft: Draft) => void, string]>([
    [
      'a photograph that was exchanged',
      (draft) => draft.files.set(FILES.declaredPhoto(1, 'image/jpeg'), 'x'),
      'declaredPhoto',
    ],
    [
      'a photograph that is not there',
      (draft) => draft.files.delete(FILES.declaredPhoto(1, 'image/jpeg')),
      'fileMissing',
    ],
    [
      'one more than the manifest says',
      (draft) => draft.declared.push(declared({ id: 'declared-2' })),
      'declaredCount',
    ],
    ['a figure in the table', (draft) => lines(draft, FIRST_CELL, { khai_bao: '3' }), 'countWrong'],
    [
      'a day outside the period',
      (draft) => draft.declared.splice(0, 1, declared({ day: '2027-01-01' })),
      'declaredOutside',
    ],
    ['an index that is none', (draft) => draft.files.set(FILES.declared, '[{}]'), 'fileUnreadable'],
  ])('%s', async (_what, change, code) => {
    const verdict = await pack((draft) => {
      brought()(draft);
      change(draft);
    });
    expect(codes(verdict)).toContain(code);
  });

  it('whose photograph the store has lost: its hash stands, and that is said', async () => {
    const verdict = await pack(brought({ photo: { sha256: 'a'.repeat(64), file: null } }));
    expect(verdict.findings).toEqual([]);
    expect(verdict.notes.map(({ code }) => code)).toContain('photoLost');
  });
});

describe('what the service put apart', () => {
  it('a neighbour in quarantine is explained, and no alteration; one that is no neighbour is none', async () => {
    const apart = (number: number) => (draft: Draft) => {
      const texts = [1, 2].map((seq) => JSON.stringify(receiptOf(1, seq)));
      const run = signedRun(1, texts, 1, FIRST_LINK);
      const hash = toHex(nodeEngine.sha256(Buffer.from(texts[0] ?? '')));
      draft.runs.set('device-1', [{ ...run, receipts: [hash, texts[1] ?? ''], apart: [number] }]);
      draft.head = { ...draft.head, counts: { ...draft.head.counts, receipts: 3 } };
      numberLeaves(draft);
      lines(draft, FIRST_CELL, {
        so_lan_phat_du: '0',
        so_lan_chua_ro: '1',
        cum_loa_ket_qua: 'unknown',
        o_ket_qua: 'unknown',
      });
      reached(draft, 3);
    };
    const verdict = await pack(apart(1));
    expect(verdict.findings).toEqual([]);
    expect(verdict.notes).toContainEqual({ code: 'apart', parameters: { count: 1 } });
    for (const number of [2, 7]) expect(codes(await pack(apart(number)))).toContain('runUnreadable');
  });

  it('a receipt of a time for which the key of its device was revoked', async () => {
    const verdict = await pack((draft) => {
      const one = draft.devices.get('device-1');
      const revoked = { atMs: START + 86_400_000, reason: 'Mất trộm' };
      if (one) draft.devices.set('device-1', { ...one, revoked, doubtedFromMs: START + 90_000 });
    });
    expect(words(verdict)).toContain('Device device-1, number 1/2: signed in a time for which');
    expect(words(verdict)).not.toContain('number 1/1: signed');
  });
});
