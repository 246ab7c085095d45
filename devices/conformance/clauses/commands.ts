import { LONGEST_COMMAND_MS, STATE_EVERY_MS, topics } from '../../protocol/index.js';
import type { Clause } from '../clause.js';
import type { Kit } from '../kit.js';
import { AREA, PROVINCE } from '../station/station.js';
import { demand } from '../verdict.js';
import { demandComplete } from './play.js';

const RECONNECT_MS = 75_000;

const clause = (each: Omit<Clause, 'phase' | 'limitMs' | 'profile'> & Partial<Clause>): Clause => ({
  profile: 'minimum',
  phase: 'run',
  limitMs: 45_000,
  needs: ['commands'],
  ...each,
});

/** It has no effect; that it is reported or answered is for the clause to ask. */
async function withoutEffect(kit: Kit, id: string): Promise<void> {
  await kit.marker();
  demand(
    kit.statuses(id).every(({ state }) => state !== 'done'),
    'it was obeyed',
    kit.statuses(id),
  );
}

/** Volume as it was; a clause that changes it leaves it so. */
async function says(kit: Kit, percent: number): Promise<string> {
  kit.volumePercent = percent;
  const { id, signed } = kit.command({ kind: 'volume', percent });
  const { state } = await kit.answered(id);
  demand(state === 'done', `a volume of ${percent} was ${state}`);
  return signed;
}

export const COMMANDS: readonly Clause[] = [
  clause({
    id: 'commands.once',
    title: 'Obeys a command once',
    proves: 'A command is obeyed at most once: its id is its nonce, and a replay has no effect.',
    needs: ['commands', 'loudspeaker'],
    async check(kit) {
      const signed = await says(kit, 60);
      await says(kit, 100);
      const since = kit.here;
      kit.station.broker.publish(topics.down(kit.device, 'commands'), signed);
      const { id } = kit.command({ kind: 'stop', play: 'nothing-of-that-name' });
      await kit.answered(id);
      // What it believes may be told a moment later.
      await kit.until(kit.now + STATE_EVERY_MS + 500);
      const { state } = kit.station;
      const percent = state?.online ? (state.volumePercent ?? 100) : null;
      const again = kit.station.heard.all.slice(since).filter(({ uplink }) => uplink === 'commands');
      demand(
        again.length === 1,
        'it answered the replay',
        again.map(({ message }) => message),
      );
      demand(percent === 100, 'it obeyed the replay', state);
    },
  }),
  clause({
    id: 'commands.expired',
    title: 'Never obeys an expired command',
    proves: 'Only before its expiry; an expired one is never obeyed, also not on reconnect.',
    async check(kit) {
      const { id } = kit.command(
        { kind: 'volume', percent: kit.volumePercent },
        { issuedAt: kit.now - 60_000, expiresAt: kit.now - 30_000 },
      );
      const { state } = await kit.answered(id);
      demand(state === 'expired', `it was ${state}`);
    },
  }),
  clause({
    id: 'commands.lifetime',
    title: 'Refuses a command that lives too long or comes from the future',
    proves: 'No command lives longer than a day, and none is issued more than two minutes ahead.',
    async check(kit) {
      const body = { kind: 'volume', percent: kit.volumePercent };
      const long = kit.command(body, { expiresAt: kit.now + LONGEST_COMMAND_MS + 60_000 });
      demand(
        (await kit.answered(long.id)).reason === 'tooLong',
        'it was not refused as `tooLong`',
        kit.statuses(long.id),
      );
      const ahead = { issuedAt: kit.now + 600_000, expiresAt: kit.now + 660_000 };
      const early = kit.command(body, ahead);
      demand((await kit.answered(early.id)).reason === 'fromFuture', 'not `fromFuture`', kit.statuses(early.id));
    },
  }),
  clause({
    id: 'commands.others',
    title: 'Ignores commands for others',
    proves: 'A command names the device or an area of its path, and comes on the topic of what it names.',
    async check(kit) {
      const body = { kind: 'volume', percent: kit.volumePercent };
      for (const to of [{ device: 'another-device' }, { area: 'another-area' }, { area: AREA.id }]) {
        const since = kit.here;
        const { id } = kit.command(body, { to });
        await withoutEffect(kit, id);
        await kit.reported('commandRejected', since);
      }
    },
  }),
  clause({
    id: 'commands.forged',
    title: 'Ignores and reports a forged command',
    proves: 'A command is obeyed only if a key that covers the device signed it.',
    async check(kit) {
      const since = kit.here;
      const order = kit.order({ kind: 'volume', percent: kit.volumePercent });
      const forged = kit.station.keys.forge('vang-command', order);
      kit.station.broker.publish(topics.down(kit.device, 'commands'), forged);
      await withoutEffect(kit, order.id);
      await kit.reported('commandRejected', since);
    },
  }),
  clause({
    id: 'commands.unsupported',
    title: 'Refuses by name what it cannot do',
    proves: 'A kind of a later version is refused as `unsupported`, not as garbage.',
    async check(kit) {
      const { id } = kit.command({ kind: 'danceOnThePole' });
      const { state, reason } = await kit.answered(id);
      demand(state === 'refused' && reason === 'unsupported', 'it was not refused as `unsupported`', { state, reason });
    },
  }),
  clause({
    id: 'commands.hardware',
    title: 'Refuses a command for hardware that it has not',
    proves: 'What `capabilities` does not name is refused as `unsupported`.',
    profile: 'full',
    async check(kit) {
      const { state } = kit.station;
      const able = (state?.online && state.capabilities) || [];
      if (able.includes('amplifier')) return;
      const { id } = kit.command({ kind: 'amplifier', on: true });
      demand((await kit.answered(id)).reason === 'unsupported', 'it was not refused', kit.statuses(id));
    },
  }),
  clause({
    id: 'commands.volume',
    title: 'Changes the loudness of everything',
    proves: '`volume`: percent of what each play asks for, kept until the next one; the receipt says the product.',
    needs: ['commands', 'loudspeaker'],
    async check(kit) {
      await says(kit, 50);
      try {
        const [play] = await kit.air((startMs) => [kit.play('halved', startMs, { volume: 80 })] as const);
        const { receipt } = await kit.receipt(play);
        demandComplete(receipt, play);
        demand(receipt.volume === 40, `50 % of 80 is 40, the receipt says ${receipt.volume}`);
      } finally {
        await says(kit, 100);
      }
    },
  }),
  clause({
    id: 'commands.stop',
    title: 'Stops what sounds',
    proves: '`stop` ends what sounds now; it is partial, `stopped`, and is not taken up again.',
    needs: ['commands', 'loudspeaker'],
    async check(kit) {
      const sketch = { durationMs: 10_000, interrupted: 'resume', late: 'whole' } as const;
      const [play] = await kit.air((startMs) => [kit.play('stopped', startMs, sketch)] as const);
      await kit.sounds(play);
      const { id } = kit.command({ kind: 'stop', play: play.play });
      const status = await kit.answered(id);
      demand(status.state === 'done', `the command was ${status.state}`, status);
      const { receipt } = await kit.receipt(play, kit.now);
      demand(receipt.outcome === 'partial' && receipt.cause === 'stopped', 'the receipt says otherwise', receipt);
    },
  }),
  clause({
    id: 'commands.silence',
    title: 'Is silent for as long as it is told',
    proves: '`silence`: nothing starts until `untilMs` and what sounds stops; an emergency sounds if it says so.',
    needs: ['commands', 'loudspeaker'],
    async check(kit) {
      const [cut, missed, urgent, after] = await kit.air(
        (startMs) =>
          [
            kit.play('silenced', startMs, { durationMs: 10_000 }),
            kit.play('missed', startMs + 1_500),
            kit.play('urgent', startMs + 2_800, { class: 'emergency' }),
            kit.play('after', startMs + 5_500),
          ] as const,
      );
      await kit.sounds(cut);
      const { id } = kit.command({ kind: 'silence', untilMs: cut.startMs + 4_800, emergencies: true });
      demand((await kit.answered(id)).state === 'done', 'the command was not obeyed', kit.statuses(id));
      const stopped = (await kit.receipt(cut, kit.now)).receipt;
      demand(stopped.outcome === 'partial' && stopped.cause === 'stopped', 'what sounded did not stop', stopped);
      const { receipt } = await kit.receipt(missed);
      demand(receipt.outcome === 'notPlayed' && receipt.cause === 'stopped', 'a play began in the silence', receipt);
      demandComplete((await kit.receipt(urgent)).receipt, urgent);
      demandComplete((await kit.receipt(after)).receipt, after);
    },
  }),
  clause({
    id: 'commands.resume',
    title: 'Ends a silence when it is told to',
    proves: '`resume` ends a silence before its time.',
    profile: 'full',
    needs: ['commands', 'loudspeaker'],
    async check(kit) {
      const silence = kit.command({ kind: 'silence', untilMs: kit.now + 600_000, emergencies: false });
      await kit.answered(silence.id);
      const resume = kit.command({ kind: 'resume' });
      demand((await kit.answered(resume.id)).state === 'done', 'the command was not obeyed', kit.statuses(resume.id));
      const [play] = await kit.air((startMs) => [kit.play('resumed', startMs)] as const);
      demandComplete((await kit.receipt(play)).receipt, play);
    },
  }),
  clause({
    id: 'commands.area',
    title: 'Obeys commands to its areas',
    proves: 'A command on an area’s topic is for every device at or below it; it is signed once.',
    async check(kit) {
      for (const area of [AREA.id, PROVINCE.id]) {
        const topic = topics.area(area, 'commands');
        const { id } = kit.command({ kind: 'volume', percent: kit.volumePercent }, { to: { area }, topic });
        const { state } = await kit.answered(id);
        demand(state === 'done', `the command to ${area} was ${state}`);
      }
    },
  }),
  clause({
    id: 'commands.playNow',
    title: 'Plays at once what a command tells',
    proves: '`playNow`: these plays ahead of any plan; the receipt names the command.',
    profile: 'full',
    needs: ['commands', 'loudspeaker'],
    async check(kit) {
      const play = kit.play('now', kit.now + kit.leadMs, { class: 'emergency', late: 'whole' });
      kit.station.plan.summon(play);
      const day = kit.station.plan.head.from;
      const { id } = kit.command({ kind: 'playNow', day, choices: [{ languages: null, plays: [play] }] });
      demand((await kit.answered(id)).state === 'done', 'the command was not obeyed', kit.statuses(id));
      const { receipt } = await kit.receipt(play);
      demandComplete(receipt, play);
      demand(receipt.command === id, 'the receipt does not name the command', receipt);
    },
  }),
  clause({
    id: 'commands.active',
    title: 'Joins what is in force when it comes back',
    proves: 'The retained list of what is active lets a device that reconnects inside an emergency join it, once.',
    profile: 'full',
    alone: true,
    limitMs: RECONNECT_MS + 45_000,
    async check(kit) {
      const { broker, keys } = kit.station;
      const order = kit.order({ kind: 'volume', percent: kit.volumePercent }, { to: { area: AREA.id } });
      const topic = topics.area(AREA.id, 'active');
      const list = (version: number, commands: readonly string[]) =>
        broker.publish(topic, keys.sign('vang-active', { v: 1, area: AREA.id, version, commands }), { retain: true });
      broker.goOffline();
      list(kit.now, [keys.sign('vang-command', order)]);
      broker.comeBack();
      const { state } = await kit.answered(order.id, RECONNECT_MS);
      demand(state === 'done', `the command of the list was ${state}`);
      list(kit.now + 1, []);
      await kit.marker();
      demand(kit.statuses(order.id).length === 1, 'it obeyed more than once', kit.statuses(order.id));
    },
  }),
];
