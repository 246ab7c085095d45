import {
  type DeviceState,
  DOWNLINKS,
  lastAgainMs,
  lastStartMs,
  type PlannedPlay,
  preempts,
  RESEND_MS,
  RESYNC_MS,
  STATE_EVERY_MS,
  TIME_AGAIN_MS,
  TOPIC_RULES,
  topics,
} from '../../protocol/index.js';
import {
  assetFinished,
  assetsEvicted,
  chunksFound,
  isLacking,
  neededAssets,
  pursueAssets,
  wishAgainAt,
} from './assets.js';
import { monoOf, timeAt } from './clock.js';
import { commandEnded, tellRebooted } from './commands.js';
import type { CoreEffect, CoreEvent, Moment } from './events.js';
import { adoptIdentity, areaTopics, partRead, takeMessage } from './messages.js';
import { openObligations, settlePlays, soundingPlay, suspendedPlays } from './playback.js';
import { sendReceipts } from './receipts.js';
import { pressed, silences } from './silence.js';
import { endInterrupted, noteEvidence, soundEnded, soundProgress, soundStarted, stopCurrent } from './sounding.js';
import type { CoreEnv, CoreState, Durable } from './state.js';
import { askTelemetry, telemetryDueAt, tellTelemetry } from './telemetry.js';
import { tellEvent, tellWaiting } from './telling.js';
import { askTime, waitNoLonger } from './time.js';
import { Turn } from './turn.js';
import { settleUpdate, updateBooted, updateDueAt, updateFailed } from './update.js';

export function bornState(durable: Durable): CoreState {
  return {
    durable,
    connected: false,
    assets: new Map(),
    stored: new Set(),
    begun: new Set(),
    damaged: new Set(),
    starting: null,
    trustedSinceMonoMs: null,
    timeAsked: null,
    timeUnanswered: [],
    timeRounds: 0,
    refusedTopics: new Set(),
    sent: null,
    wishedAtMonoMs: null,
    readParts: new Map(),
    heldHead: null,
    toldState: null,
    toldStateMonoMs: null,
    stateDueMonoMs: null,
    held: [],
    waiting: [],
    eventSeq: 0,
    measuredMonoMs: null,
    faults: [],
    closing: false,
  };
}

/**
 * The whole player: `(state, event, moment) → (state, effects)`. Pure; the same core runs on hardware, in the browser and
 * in the simulator. Effects are carried out in order; `persist` is durable before anything after it happens.
 */
export function step(
  state: CoreState,
  event: CoreEvent,
  moment: Moment,
  env: CoreEnv,
): { readonly state: CoreState; readonly effects: readonly CoreEffect[] } {
  const turn = new Turn(state, env, moment);
  handle(turn, event);
  // By far the most frequent event; it changes nothing that is owed, lacking or told.
  if (event.type === 'soundProgress') return { state: turn.state, effects: turn.effects };
  settlePlays(turn);
  settleUpdate(turn);
  pursueAssets(turn);
  if (turn.state.connected) {
    askTime(turn);
    askTelemetry(turn);
    sendReceipts(turn);
    tellState(turn);
  }
  return { state: turn.state, effects: turn.effects };
}

function handle(turn: Turn, event: CoreEvent): void {
  switch (event.type) {
    case 'booted':
      return booted(turn, event);
    case 'connected':
      waitNoLonger(turn);
      turn.set({ connected: true, timeRounds: 0, sent: null, wishedAtMonoMs: null, toldState: null });
      turn.set({ refusedTopics: new Set() });
      // The key set first: the plan is judged by it.
      turn.emit({ type: 'subscribe', topic: TOPIC_RULES.keys.topic });
      for (const downlink of DOWNLINKS) turn.emit({ type: 'subscribe', topic: topics.down(turn.device, downlink) });
      for (const topic of areaTopics(turn)) turn.emit({ type: 'subscribe', topic });
      for (const sha256 of turn.state.assets.keys()) turn.emit({ type: 'subscribe', topic: topics.asset(sha256) });
      tellRebooted(turn);
      tellWaiting(turn);
      return;
    case 'disconnected':
      waitNoLonger(turn);
      return turn.set({ connected: false, sent: null });
    case 'message':
      return takeMessage(turn, event.topic, event.payload);
    case 'partRead':
      return partRead(turn, event.sha256, event.text);
    case 'chunksFound':
      return chunksFound(turn, event);
    case 'assetFinished':
      return assetFinished(turn, event.sha256, event.ok);
    case 'soundStarted':
      return soundStarted(turn, event.play, event.atMonoMs);
    case 'soundProgress':
      return soundProgress(turn, event.play, event.playedMs);
    case 'soundEnded':
      return soundEnded(turn, event.play, event.playedMs, event.reason);
    case 'assetsEvicted':
      return assetsEvicted(turn, event.sha256s);
    case 'closing':
      turn.set({ closing: true });
      return stopCurrent(turn, 'playerStopped');
    case 'stopPressed':
      return stopPressed(turn);
    case 'relayHeard':
      noteEvidence(turn, event.play, { relayMs: Math.floor(event.relayMs) });
      return tellEvent(turn, event.heard ? 'relayBack' : 'relayLost');
    case 'lineSensed':
      noteEvidence(turn, event.play, { sensed: event.sensed });
      if (!event.sensed) tellEvent(turn, 'lineSilent');
      return;
    case 'commandEnded':
      return commandEnded(turn, event.command, event.ok);
    case 'updateFailed':
      return updateFailed(turn, event);
    case 'measured':
      return tellTelemetry(turn, event.telemetry);
    case 'fault':
      return faultChanged(turn, event);
    case 'power':
      return tellEvent(turn, event.supply === 'lost' ? 'powerLost' : 'powerBack');
    case 'keyChanged':
      return adoptIdentity(turn, event.identity);
    case 'wake':
      return;
  }
}

/** Whoever stands under the loudspeaker wants quiet, not only the end of this one. */
function stopPressed(turn: Turn): void {
  const { nowMs } = turn.time;
  stopCurrent(turn, 'stopped');
  if (nowMs !== null) turn.record({ t: 'silence', silence: pressed(turn.state.durable.silence, nowMs) });
  tellEvent(turn, 'stopButton');
}

function faultChanged(turn: Turn, { code, present, detail }: Extract<CoreEvent, { type: 'fault' }>): void {
  if (turn.state.faults.includes(code) === present) return;
  const others = turn.state.faults.filter((each) => each !== code);
  turn.set({ faults: present ? [...others, code] : others });
  tellEvent(turn, present ? 'faultBegan' : 'faultEnded', { code, ...(detail ? { detail: detail.slice(0, 300) } : {}) });
}

function booted(turn: Turn, event: Extract<CoreEvent, { type: 'booted' }>): void {
  const { bootId, kernelBootId, stored, begun } = event;
  turn.record({ t: 'boot', boot: turn.state.durable.boot + 1, bootId, kernelBootId, monoMs: turn.moment.monoMs });
  turn.set({ stored: new Set(stored), begun: new Set(begun) });
  // The power went between the change of its key and the journal.
  if (turn.identity.publicKey !== turn.env.identity.publicKey)
    turn.record({ t: 'identity', identity: turn.env.identity });
  endInterrupted(turn);
  updateBooted(turn);
  const { head } = turn.state.durable;
  if (!head || head.version === turn.state.durable.activeVersion) return;
  for (const part of head.parts)
    if (turn.state.stored.has(part.sha256)) turn.emit({ type: 'readPart', sha256: part.sha256 });
}

/** Whether the device has all that its plan needs from now on. */
export function isReady(state: CoreState, nowMs: number | null): boolean {
  const { head, activeVersion } = state.durable;
  return head !== null && head.version === activeVersion && neededAssets(state, nowMs).size === 0;
}

function tellState(turn: Turn): void {
  const { durable } = turn.state;
  const state: DeviceState = {
    v: 1,
    device: turn.device,
    online: true,
    boot: durable.boot,
    planVersion: durable.activeVersion,
    ready: isReady(turn.state, turn.time.nowMs),
    trust: turn.time.trust,
    playing: durable.current?.obliged.play.play ?? null,
    waitingReceipts: durable.unsent.length,
    ...(durable.lastReceipt ? { lastReceipt: durable.lastReceipt } : {}),
    ...(turn.env.firmware ? { firmware: turn.env.firmware } : {}),
    ...(turn.env.capabilities?.length ? { capabilities: [...turn.env.capabilities] } : {}),
    ...(turn.state.faults.length > 0 ? { faults: [...turn.state.faults] } : {}),
    ...silentUntil(turn),
    ...(durable.volumePercent < 100 ? { volumePercent: durable.volumePercent } : {}),
  };
  // Receipts change with every play; alone they are not worth a message.
  const told = JSON.stringify({ ...state, waitingReceipts: 0, lastReceipt: undefined });
  if (told === turn.state.toldState) return turn.set({ stateDueMonoMs: null });
  // Changes that come close together are one message: more a minute would not be read.
  const againMonoMs = (turn.state.toldStateMonoMs ?? Number.NEGATIVE_INFINITY) + STATE_EVERY_MS;
  if (turn.state.toldState !== null && turn.moment.monoMs < againMonoMs)
    return turn.set({ stateDueMonoMs: againMonoMs });
  turn.publish(topics.up(turn.device, 'state'), state, { qos: 1, retain: true });
  turn.set({ toldState: told, toldStateMonoMs: turn.moment.monoMs, stateDueMonoMs: null });
}

function silentUntil({ state, time }: Turn): { silentUntilMs?: number } {
  const { silence } = state.durable;
  return silence && time.nowMs !== null && time.nowMs < silence.untilMs ? { silentUntilMs: silence.untilMs } : {};
}

/** The monotonic instant at which a `wake` is due if nothing else happens; null: never. `leadMs` as in the core's environment. */
export function nextWake(state: CoreState, monoMs: number, leadMs = 0): number | null {
  const due: number[] = [];
  const { durable, connected } = state;
  if (connected) {
    due.push(
      state.timeAsked
        ? state.timeAsked.monoMs + TIME_AGAIN_MS
        : durable.clock
          ? durable.clock.monoMs + RESYNC_MS
          : monoMs,
    );
    due.push(telemetryDueAt(state));
    if (state.stateDueMonoMs !== null) due.push(state.stateDueMonoMs);
    if (state.sent) due.push(state.sent.monoMs + RESEND_MS);
    if ([...state.assets.values()].some(isLacking)) due.push(wishAgainAt(state));
  }
  const updateDue = updateDueAt(state, monoMs, timeAt(durable.clock, monoMs).nowMs);
  if (updateDue !== null) due.push(updateDue);
  const nextPlay = nextPlayChange(state, monoMs, leadMs);
  if (nextPlay !== null) due.push(nextPlay);
  return due.length > 0 ? Math.max(monoMs, Math.min(...due)) : null;
}

/** When the next play starts, must be given up, or must be cut. */
export function nextPlayChange(state: CoreState, monoMs: number, leadMs = 0): number | null {
  if (state.closing) return null;
  const { clock, current, withdrawn } = state.durable;
  const sounding = soundingPlay(state)?.play;
  const time = timeAt(clock, monoMs);
  if (!clock || time.nowMs === null) return null;
  const nowMs = time.nowMs;
  const due: number[] = [];
  // Has its turn and does not take it: time is rounded, and the timer rang a fraction of a millisecond before it was asked
  // to; or a report of progress, which settles nothing, came in the very millisecond of its start.
  const holder = current && !current.stopCause ? current.obliged.play : null;
  const { silence } = state.durable;
  if (silence && silence.untilMs > nowMs) due.push(silence.untilMs);
  const hasTurn = (play: PlannedPlay) =>
    state.stored.has(play.audio.sha256) &&
    !silences(silence, play, nowMs) &&
    (sounding === undefined || (holder !== null && preempts(play, holder)));
  if (current && !current.stopCause) due.push(current.obliged.play.latestEndMs);
  // One that is being stopped is settled when its sound ends, not by the clock.
  for (const { play } of Object.values(withdrawn)) if (play.play !== sounding) due.push(play.startMs);
  for (const { obliged, heard } of suspendedPlays(state))
    due.push(hasTurn(obliged.play) ? nowMs : Math.max(nowMs, lastAgainMs(obliged.play, heard) + 1));
  for (const { play } of openObligations(state)) {
    if (play.startMs > nowMs) {
      const toldMs = play.startMs - (sounding === undefined ? leadMs : 0);
      due.push(toldMs > nowMs ? toldMs : hasTurn(play) ? nowMs : play.startMs);
      break; // the others start later still
    }
    due.push(hasTurn(play) ? nowMs : Math.max(nowMs, lastStartMs(play) + 1));
  }
  return due.length > 0 ? monoOf(clock, Math.min(...due)) : null;
}
