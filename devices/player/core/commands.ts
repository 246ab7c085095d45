import {
  activeList,
  type Command,
  type CommandBody,
  type CommandKind,
  type CommandRefusal,
  type CommandState,
  type CommandStatus,
  choiceFor,
  commandEnvelope,
  command as commandSchema,
  judgeCommand,
} from '../../protocol/index.js';
import type { CommandChange } from './events.js';
import { openObligations, soundingPlay } from './playback.js';
import { holdSigned, open } from './signed.js';
import { noteEvidence, notPlayed, stopCurrent, volumeOf } from './sounding.js';
import type { ObligedPlay } from './state.js';
import { tell } from './telling.js';
import type { Turn } from './turn.js';

/** A command by the device's own topic, or by that of an area (`null`: own). Nothing unsigned goes further. */
export function takeCommand(turn: Turn, compact: string, area: string | null): void {
  // Its key's validity and its expiry are judged by time: without any it waits for the next answer (invariant 14).
  if (turn.time.nowMs === null) return holdSigned(turn, { link: 'commands', compact, area });
  const opened = open(turn, compact, 'vang-command');
  if (!opened.ok) {
    // The key set that names it may be on its way.
    if (opened.problem === 'unknownKey') holdSigned(turn, { link: 'commands', compact, area });
    return turn.refuse({ code: 'commandRejected', detail: opened.problem });
  }
  const envelope = commandEnvelope.safeParse(opened.payload);
  if (!envelope.success) return turn.refuse({ code: 'commandRejected', detail: 'malformed' });
  const { to, id, issuedAt, expiresAt } = envelope.data;
  const forUs = 'device' in to ? area === null && to.device === turn.device : to.area === area;
  if (!forUs) return turn.refuse({ code: 'commandRejected', detail: 'for another' });
  // QoS 1 may bring it twice, and the list of what is active again: it is obeyed once.
  if (Object.hasOwn(turn.state.durable.obeyed, id)) return;
  const parsed = commandSchema.safeParse(opened.payload);
  if (!parsed.success) return answer(turn, { id, expiresAt }, 'refused', 'unsupported');
  const verdict = judgeCommand({ issuedAt, expiresAt, body: parsed.data.body }, turn.time.nowMs);
  if (verdict === 'expired') return answer(turn, parsed.data, 'expired');
  if (verdict !== 'obey') return answer(turn, parsed.data, 'refused', verdict);
  obey(turn, parsed.data, turn.time.nowMs);
}

/** What is in force in an area: every command of it that was not obeyed yet. */
export function takeActive(turn: Turn, compact: string, area: string): void {
  if (turn.time.nowMs === null) return holdSigned(turn, { link: 'active', compact, area });
  const opened = open(turn, compact, 'vang-active');
  if (!opened.ok) {
    if (opened.problem === 'unknownKey') holdSigned(turn, { link: 'active', compact, area });
    return turn.refuse({ code: 'activeRejected', detail: opened.problem });
  }
  const parsed = activeList.safeParse(opened.payload);
  if (!parsed.success) return turn.refuse({ code: 'activeRejected', detail: 'malformed' });
  const list = parsed.data;
  if (list.area !== area) return turn.refuse({ code: 'activeRejected', detail: 'for another area' });
  const held = turn.state.durable.activeLists[area] ?? 0;
  if (list.version === held) return;
  if (list.version < held)
    return turn.refuse({ code: 'activeRejected', detail: `version ${list.version} after ${held}` });
  turn.record({ t: 'active', area, version: list.version });
  for (const each of list.commands) takeCommand(turn, each, area);
}

function answer(
  turn: Turn,
  { id, expiresAt }: Pick<Command, 'id' | 'expiresAt'>,
  state: CommandState,
  reason?: CommandRefusal,
  change: CommandChange = {},
): void {
  turn.record({ t: 'command', id, expiresAt, nowMs: turn.time.nowMs ?? 0, change });
  tellStatus(turn, id, state, reason);
}

function tellStatus(turn: Turn, id: string, state: CommandState, reason?: CommandRefusal): void {
  const atMs = turn.time.nowMs;
  const status: CommandStatus = { v: 1, device: turn.device, command: id, state, ...(reason ? { reason } : {}), atMs };
  tell(turn, 'commands', status);
}

/** What a device must be able to do before it can obey. */
const NEEDS = { amplifier: 'amplifier', testTone: 'testTone', reboot: 'reboot', resendReceipts: 'archive' } as const;
const needOf = (kind: CommandKind) => (Object.hasOwn(NEEDS, kind) ? NEEDS[kind as keyof typeof NEEDS] : null);

function obey(turn: Turn, order: Command, nowMs: number): void {
  const { body } = order;
  const need = needOf(body.kind);
  if (need && !turn.env.capabilities?.includes(need)) return answer(turn, order, 'refused', 'unsupported');
  switch (body.kind) {
    case 'playNow':
      return answer(turn, order, 'done', undefined, { summoned: summonedBy(turn, order.id, body) });
    case 'stop':
      return stop(turn, order, body.play);
    case 'silence': {
      const { untilMs, emergencies } = body;
      // Taken up by the settling of plays, which follows each event.
      return answer(turn, order, 'done', undefined, { silence: { fromMs: nowMs, untilMs, emergencies } });
    }
    case 'resume': {
      const { silence } = turn.state.durable;
      const ended = silence && { ...silence, untilMs: Math.min(silence.untilMs, nowMs) };
      return answer(turn, order, 'done', undefined, { silence: ended });
    }
    case 'volume': {
      answer(turn, order, 'done', undefined, { volumePercent: body.percent });
      const playing = soundingPlay(turn.state);
      if (!playing) return;
      const volume = volumeOf(turn, playing.volume);
      turn.emit({ type: 'setVolume', play: playing.play, volume });
      return noteEvidence(turn, playing.play, {
        volume: Math.min(volume, turn.state.durable.current?.volume ?? volume),
      });
    }
    case 'reboot':
      answer(turn, order, 'received', undefined, {
        rebootFor: { command: order.id, boot: turn.state.durable.boot },
      });
      return turn.emit({ type: 'reboot' });
    case 'testTone':
      if (soundingPlay(turn.state)) return answer(turn, order, 'refused', 'failed');
      answer(turn, order, 'received');
      return turn.emit({
        type: 'testTone',
        command: order.id,
        volume: volumeOf(turn, body.volume),
        durationMs: body.durationMs,
      });
    case 'amplifier':
      answer(turn, order, 'received');
      return turn.emit({ type: 'amplifier', command: order.id, on: body.on });
    case 'resendReceipts':
      answer(turn, order, 'received');
      return turn.emit({
        type: 'recallReceipts',
        command: order.id,
        boot: body.boot,
        first: body.first,
        last: body.last,
      });
  }
}

/** What the plays of a command oblige this device to, if it has not settled them already. */
function summonedBy(turn: Turn, commandId: string, body: Extract<CommandBody, { kind: 'playNow' }>): ObligedPlay[] {
  const { durable } = turn.state;
  const choice = choiceFor(body.choices, durable.head?.languages ?? []);
  const version = Math.max(1, durable.activeVersion);
  return (choice?.plays ?? [])
    .filter(({ play }) => !Object.hasOwn(durable.finals, play))
    .map((play) => ({ play, day: body.day, version, command: commandId }));
}

function stop(turn: Turn, order: Command, play: string | undefined): void {
  const sounding = soundingPlay(turn.state);
  if (sounding && (play === undefined || sounding.play === play)) {
    answer(turn, order, 'done');
    return stopCurrent(turn, 'stopped');
  }
  const waiting = play === undefined ? undefined : openObligations(turn.state).find((each) => each.play.play === play);
  if (!waiting) return answer(turn, order, 'refused', 'notSounding');
  answer(turn, order, 'done');
  notPlayed(turn, waiting, 'stopped');
}

/** The hardware has answered. */
export function commandEnded(turn: Turn, id: string, ok: boolean): void {
  // A reboot that did not come about is not done by the next boot.
  if (!ok && turn.state.durable.rebootFor?.command === id) turn.record({ t: 'rebooted' });
  if (ok) tellStatus(turn, id, 'done');
  else tellStatus(turn, id, 'refused', 'failed');
}

/** The first connection after a reboot that was ordered. */
export function tellRebooted(turn: Turn): void {
  const { rebootFor } = turn.state.durable;
  if (!rebootFor || rebootFor.boot === turn.state.durable.boot) return;
  turn.record({ t: 'rebooted' });
  tellStatus(turn, rebootFor.command, 'done');
}
