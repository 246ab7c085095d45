import { gzipSync } from 'node:zlib';
import { type PlanHead, toBase64Url, topics, toUtf8 } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import type { Kit } from '../kit.js';
import { dayOf } from '../station/plan-board.js';
import { demand } from '../verdict.js';

const clause = (each: Omit<Clause, 'profile' | 'phase' | 'limitMs'> & { limitMs?: number }): Clause => ({
  profile: 'minimum',
  phase: 'run',
  limitMs: 40_000,
  ...each,
});

/** A head like the one that holds, of a version of its own: taken by mistake it changes nothing that sounds. */
const another = (kit: Kit, more: Partial<PlanHead> = {}): PlanHead => ({
  ...kit.station.plan.head,
  version: kit.station.plan.spareVersion(),
  ...more,
});

async function refusesHead(kit: Kit, signed: string, version: number): Promise<void> {
  const since = kit.here;
  kit.station.broker.publish(topics.down(kit.device, 'plan'), signed);
  await kit.reported('planRejected', since);
  await kit.marker();
  demand(!tells(kit, version, since), 'it says that it holds this plan');
}

const tells = (kit: Kit, version: number, since: number): boolean =>
  kit.station.heard.all
    .slice(since)
    .some(({ uplink, message }) => uplink === 'plan' && (message as { version?: number }).version === version);

export const PLAN: readonly Clause[] = [
  clause({
    id: 'plan.unsigned',
    title: 'Ignores and reports an unsigned plan (case 16)',
    proves: 'An unsigned manifest is ignored and reported.',
    needs: ['heads', 'commands'],
    async check(kit) {
      const head = another(kit);
      const letters = (value: unknown) => toBase64Url(toUtf8(JSON.stringify(value)));
      const { kid } = kit.station.keys.service;
      await refusesHead(kit, `${letters({ alg: 'EdDSA', kid, typ: 'vang-plan' })}.${letters(head)}.`, head.version);
      await refusesHead(kit, `${letters({ alg: 'none', kid, typ: 'vang-plan' })}.${letters(head)}.`, head.version);
    },
  }),
  clause({
    id: 'plan.wrongSignature',
    title: 'Ignores and reports a wrongly signed plan (case 16)',
    proves: 'A manifest whose signature is not by the key that it names is ignored and reported.',
    needs: ['heads', 'commands'],
    async check(kit) {
      const head = another(kit);
      await refusesHead(kit, kit.station.keys.forge('vang-plan', head), head.version);
      // Rightly signed, but as another kind of message.
      const other = another(kit);
      await refusesHead(kit, kit.station.keys.sign('vang-identity', other), other.version);
    },
  }),
  clause({
    id: 'plan.scope',
    title: 'Ignores and reports a plan by a key of another area',
    proves: 'A head is taken if a key of the set whose scope covers the device signed it.',
    needs: ['heads', 'commands'],
    async check(kit) {
      const head = another(kit);
      await refusesHead(kit, kit.station.keys.sign('vang-plan', head, kit.station.keys.elsewhere), head.version);
    },
  }),
  clause({
    id: 'plan.otherDevice',
    title: 'Ignores and reports a plan for another device',
    proves: 'A head is taken if it names the device.',
    needs: ['heads', 'commands'],
    async check(kit) {
      const head = another(kit, { device: 'another-device' });
      await refusesHead(kit, kit.station.keys.sign('vang-plan', head), head.version);
    },
  }),
  clause({
    id: 'plan.older',
    title: 'Ignores and reports a plan of a lower version',
    proves: 'A lower version than the one held is refused.',
    needs: ['heads', 'commands'],
    async check(kit) {
      const { plan, keys } = kit.station;
      const version = plan.head.version - 1_000;
      await refusesHead(kit, keys.sign('vang-plan', { ...plan.head, version }), version);
    },
  }),
  clause({
    id: 'plan.whole',
    title: 'Keeps the old plan until the new one is here whole',
    proves: 'The old plan holds until all parts are here; then `plan` tells the version.',
    needs: ['loudspeaker', 'plan'],
    async check(kit) {
      const { plan, shelf } = kit.station;
      const [play] = await kit.air((startMs) => [kit.play('kept', startMs + 800)] as const);
      const day = dayOf(plan.beganMs + 2 * 86_400_000);
      // Bytes that gzip can be asked to unpack, of a day without plays.
      const part = emptyPart(day);
      const ref = shelf.store(part, { withheld: true });
      const since = kit.here;
      const version = plan.change({ drop: [play.play], strange: { ...ref, day } });
      const { receipt } = await kit.receipt(play);
      demand(receipt.outcome === 'complete', 'the old plan’s play did not sound', receipt);
      const early = kit.station.heard.all.slice(since).find(({ uplink }) => uplink === 'plan');
      demand(!early, 'it tells a plan whole that lacks a part', early);
      shelf.putRight(ref.sha256);
      // It wishes again after 8 s; what comes unasked is as good.
      kit.station.serve(ref.sha256);
      await kit.synced(version, 70_000);
    },
    limitMs: 90_000,
  }),
  clause({
    id: 'plan.part',
    title: 'Refuses and reports a day part that is none',
    proves: 'A day part is gzip of JSON; what cannot be read is reported as `partRejected`, and the old plan holds.',
    needs: ['loudspeaker', 'plan', 'heads'],
    async check(kit) {
      const { plan, shelf } = kit.station;
      const day = dayOf(plan.beganMs + 3 * 86_400_000);
      const ref = shelf.store(Buffer.from(`no gzip at all ${kit.now}`));
      const since = kit.here;
      const version = plan.change({ strange: { ...ref, day } });
      await kit.reported('partRejected', since, 20_000);
      demand(!tells(kit, version, since), 'it says that it holds this plan');
      await kit.synced(plan.change({}));
    },
  }),
  clause({
    id: 'plan.withdrawn',
    title: 'Drops a withdrawn play at the next contact (case 18)',
    proves: 'Withdrawn content is dropped; its receipt, at the planned start, says `withdrawn`.',
    needs: ['loudspeaker'],
    async check(kit) {
      const [play] = await kit.air((startMs) => [kit.play('withdrawn', startMs + 800)] as const);
      await kit.synced(kit.station.plan.change({ drop: [play.play] }));
      const { receipt } = await kit.receipt(play);
      demand(!kit.soundedAt(play.play), 'it sounded');
      demand(receipt.outcome === 'notPlayed' && receipt.cause === 'withdrawn', 'the receipt says otherwise', receipt);
    },
  }),
  clause({
    id: 'plan.withdrawnSounding',
    title: 'Stops a withdrawn play that sounds (case 18)',
    proves: 'Withdrawn content stops at once; the receipt is partial, `withdrawn`, with the seconds that sounded.',
    needs: ['loudspeaker'],
    async check(kit) {
      const [play] = await kit.air((startMs) => [kit.play('withdrawn', startMs, { durationMs: 10_000 })] as const);
      await kit.sounds(play);
      kit.station.plan.change({ drop: [play.play] });
      const { receipt } = await kit.receipt(play, kit.now);
      demand(receipt.outcome === 'partial' && receipt.cause === 'withdrawn', 'the receipt says otherwise', receipt);
      demand(receipt.playedMs < 9_000, 'it sounded on', receipt);
    },
  }),
];

function emptyPart(day: string): Uint8Array {
  return gzipSync(JSON.stringify({ v: 1, day, plays: [] }));
}
