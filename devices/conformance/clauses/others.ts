import { createHash, randomBytes } from 'node:crypto';
import { type Identity, MINIMUM_PROFILE, type PlannedPlay, TOPIC_RULES, topics } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import type { Kit } from '../kit.js';
import { filling } from '../station/plan-board.js';
import { AREA, PROVINCE } from '../station/station.js';
import { demand } from '../verdict.js';
import { demandComplete } from './play.js';

const most = (budget: keyof typeof MINIMUM_PROFILE): string => MINIMUM_PROFILE[budget].toLocaleString('en');

/** Different bulletins with one sound, on a day that the run does not reach. */
function fullDay(kit: Kit): PlannedPlay[] {
  const { beganMs, head } = kit.station.plan;
  const fromMs = head.fromMs + 5 * 86_400_000;
  const audio = kit.audio(1_000);
  return Array.from({ length: MINIMUM_PROFILE.playsPerDay }, (_, n) => {
    const textSha256 = createHash('sha256').update(`${beganMs} ${n}`).digest('hex');
    const item = {
      id: `item-${n}`,
      version: 1,
      title: `Bài phát thử số ${n} của bộ kiểm tra`,
      textSha256,
      language: 'vi',
    };
    return kit.play('full', fromMs + n * 300_000, { audio, item });
  });
}

const MERGED = { id: 'commune-2', name: 'Xã Đăk Thử Mới' };

/** It takes nothing of it, stays as it is, and answers what comes next. */
async function survives(kit: Kit, topic: string, payloads: readonly (string | Uint8Array)[]): Promise<void> {
  const { broker, state } = kit.station;
  const boot = state?.online ? state.boot : null;
  const connects = broker.connects.end;
  for (const payload of payloads) broker.publish(topic, payload);
  await kit.marker();
  const now = kit.station.state;
  demand(now?.online === true && now.boot === boot, 'it started anew', { before: boot, now });
  demand(broker.connects.end === connects, 'it connected anew');
}

function identityFor(kit: Kit, more: Partial<Identity>): Identity {
  return kit.station.identity(kit.device, kit.station.desk.publicKeyOf(kit.device), more);
}

export const OTHERS: readonly Clause[] = [
  {
    id: 'identity.later',
    title: 'Takes a later statement of where it is, and no earlier one',
    proves: 'Of two identities the later one holds: a device learns of a merger of communes by a new one.',
    profile: 'full',
    phase: 'run',
    needs: ['identity', 'commands'],
    limitMs: 40_000,
    async check(kit) {
      const { broker, keys } = kit.station;
      const topic = topics.down(kit.device, 'identity');
      const tell = (more: Partial<Identity>) =>
        broker.publish(topic, keys.sign('vang-identity', identityFor(kit, more)), { retain: true });
      kit.station.path = [AREA.id, MERGED.id, PROVINCE.id];
      const since = broker.subscriptions.end;
      const issuedAt = kit.now;
      tell({ path: [AREA.id, MERGED.id, PROVINCE.id], issuedAt });
      const joined = topics.area(MERGED.id, 'commands');
      await broker.subscriptions.next(({ topic: to }) => to === joined, `subscription to ${joined}`, 6_000, since);
      let reports = kit.here;
      tell({ issuedAt: issuedAt - 1_000 });
      await kit.reported('identityRejected', reports);
      reports = kit.here;
      tell({ issuedAt: issuedAt + 1_000, publicKey: keys.stranger.publicKey });
      await kit.reported('identityRejected', reports);
      tell({ issuedAt: issuedAt + 2_000 });
      await kit.marker();
    },
  },
  {
    id: 'update.scope',
    title: 'Refuses an order for a program by a key that may not change programs',
    proves: 'Only a key whose scope is everything may sign it.',
    profile: 'full',
    phase: 'run',
    needs: ['commands'],
    limitMs: 30_000,
    async check(kit) {
      const { broker, keys } = kit.station;
      const bundle = { sha256: 'a'.repeat(64), bytes: 1_000 };
      const order = {
        v: 1,
        device: kit.device,
        release: 900,
        name: '9.0.0',
        bundle,
        notBeforeMs: kit.now + 86_400_000,
      };
      const since = kit.here;
      broker.publish(topics.down(kit.device, 'update'), keys.sign('vang-update', order, keys.ofArea));
      await kit.reported('updateRejected', since);
      await kit.marker();
      const told = kit.station.heard.all.slice(since).find(({ uplink }) => uplink === 'update');
      demand(!told, 'it took the order', told?.message);
    },
  },
  {
    id: 'robust.fields',
    title: 'Ignores fields that it does not know',
    proves: 'Unknown fields are ignored by both sides; a field never changes its meaning within a version.',
    profile: 'minimum',
    phase: 'run',
    needs: ['loudspeaker'],
    limitMs: 30_000,
    async check(kit) {
      const unknown = { loudness: 'of a later version', nested: { deep: [1, 2, 3] } };
      const [play] = await kit.air((startMs) => {
        const known = kit.play('unknown', startMs);
        return [
          { ...known, ...unknown, item: { ...known.item, mood: 'glad' }, audio: { ...known.audio, codec: 'x' } },
        ] as const;
      });
      const { receipt } = await kit.receipt(play);
      demand(receipt.outcome === 'complete', 'it did not sound', receipt);
      const told = kit.station.plan.told.get(play.play);
      // What it does not know it need not repeat.
      if (told) kit.station.plan.told.set(play.play, { ...told, play: { ...play, item: receipt.item } });
    },
  },
  {
    id: 'robust.kinds',
    title: 'Survives topics and kinds of message of a later version',
    proves: 'What is not known is no reason to stop.',
    profile: 'minimum',
    phase: 'run',
    needs: ['commands', 'heads'],
    limitMs: 30_000,
    async check(kit) {
      const { keys } = kit.station;
      const strange = keys.sign('vang-tomorrow' as 'vang-plan', { v: 2, device: kit.device });
      await survives(kit, `${topics.down(kit.device, 'plan').replace(/plan$/, 'tomorrow')}`, [strange]);
      await survives(kit, topics.down(kit.device, 'plan'), [strange]);
      await survives(kit, topics.down(kit.device, 'commands'), [strange]);
    },
  },
  {
    id: 'robust.garbage',
    title: 'Survives garbage and oversized messages on each of its topics',
    proves: 'Whatever comes: it is ignored or reported, never acted on.',
    profile: 'minimum',
    phase: 'run',
    needs: ['commands', 'heads', 'keys', 'identity', 'assets'],
    limitMs: 60_000,
    async check(kit) {
      const garbage = (most: number) => ['', '..', randomBytes(200), Buffer.alloc(most + 1, 0x41)];
      for (const link of ['plan', 'acks', 'time', 'commands'] as const)
        await survives(kit, topics.down(kit.device, link), garbage(TOPIC_RULES[`down.${link}`].maxBytes));
      await survives(kit, topics.keys, garbage(TOPIC_RULES.keys.maxBytes));
      await survives(kit, topics.area(AREA.id, 'commands'), garbage(TOPIC_RULES['area.commands'].maxBytes));
    },
  },
  {
    id: 'robust.limits',
    title: 'Takes the largest head, a full day and the largest command',
    proves: `A head of ${most('headBytes')} bytes, a day of ${most('playsPerDay')} plays and a command of ${most('messageBytes')} bytes are taken.`,
    profile: 'minimum',
    phase: 'run',
    // Whoever cannot take it holds the plan before for as long as this lasts.
    needs: ['loudspeaker', 'plan', 'heads', 'commands'],
    limitMs: 60_000,
    async check(kit) {
      const { plan, keys } = kit.station;
      const plays = fullDay(kit);
      const drop = plays.map(({ play }) => play);
      try {
        const version = plan.change({ add: plays, headLetters: MINIMUM_PROFILE.headBytes });
        await kit.synced(version, kit.leadMs + 20_000);
      } finally {
        plan.change({ drop });
      }
      const tomorrow = { kind: 'tomorrow', filling: '' };
      const bare = keys.sign('vang-command', kit.order(tomorrow)).length;
      const largest = { ...tomorrow, filling: filling(MINIMUM_PROFILE.messageBytes - bare) };
      const { id } = kit.command(largest);
      const status = await kit.answered(id);
      demand(status.reason === 'unsupported', 'it answers otherwise', status);
    },
  },
  {
    id: 'robust.still',
    title: 'Plays rightly after all of this',
    proves: 'What was refused leaves nothing behind.',
    profile: 'minimum',
    phase: 'run',
    alone: true,
    limitMs: 30_000,
    async check(kit) {
      const [play] = await kit.air((startMs) => [kit.play('still', startMs)] as const);
      demandComplete((await kit.receipt(play)).receipt, play);
      demand(kit.crashes === 0, `the program ended by itself ${kit.crashes} times`, kit.lastWords);
    },
  },
];
