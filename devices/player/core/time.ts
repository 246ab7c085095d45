import { MAX_ROUND_TRIP_MS, RESYNC_MS, TIME_AGAIN_MS, timeReply, topics } from '../../protocol/index.js';
import { open } from './signed.js';
import type { Turn } from './turn.js';

/** How many answers in a row it takes to look for one that came fast. */
const TIME_ROUNDS = 6;
/** Questions whose answer may still come, late: as many as are asked in a minute. */
const MOST_UNANSWERED = 12;

/** Asks when no answer is near and the time is not known, or not well enough, or was learnt long ago. */
export function askTime(turn: Turn): void {
  const { timeAsked, timeRounds, durable } = turn.state;
  const { monoMs, random } = turn.moment;
  if (timeAsked) {
    if (monoMs - timeAsked.monoMs < TIME_AGAIN_MS) return;
  } else if (durable.clock && monoMs - durable.clock.monoMs < RESYNC_MS) {
    const coarse = durable.clock.errorMs > (turn.env.fineTimeMs ?? Number.POSITIVE_INFINITY);
    if (!coarse || timeRounds === 0 || timeRounds >= TIME_ROUNDS) return;
  } else turn.set({ timeRounds: 0 });
  waitNoLonger(turn);
  turn.publish(topics.up(turn.device, 'time'), { v: 1, device: turn.device, nonce: random }, { qos: 0 });
  turn.set({ timeAsked: { nonce: random, monoMs } });
}

/** Its answer is not taken any more, and is nothing to report if it comes. */
export function waitNoLonger(turn: Turn): void {
  const { timeAsked, timeUnanswered } = turn.state;
  if (!timeAsked) return;
  turn.set({ timeAsked: null, timeUnanswered: [...timeUnanswered, timeAsked.nonce].slice(-MOST_UNANSWERED) });
}

/** Whether the time is known by this answer. */
export function takeTime(turn: Turn, topic: string, compact: string): boolean {
  const opened = open(turn, compact, 'vang-time', null);
  const parsed = opened.ok ? timeReply.safeParse(opened.payload) : undefined;
  if (!parsed?.success) {
    turn.refuse({ code: 'timeRejected', detail: opened.ok ? 'malformed' : opened.problem });
    return false;
  }
  if (parsed.data.device !== turn.device) {
    turn.refuseOnce(topic, { code: 'timeRejected', detail: 'for another device' });
    return false;
  }
  const asked = turn.state.timeAsked;
  if (!asked || parsed.data.nonce !== asked.nonce) {
    takeStray(turn, topic, parsed.data.nonce);
    return false;
  }
  const roundTripMs = turn.moment.monoMs - asked.monoMs;
  const rounds = turn.state.timeRounds;
  turn.set({ timeAsked: null, timeRounds: rounds + 1 });
  if (roundTripMs > MAX_ROUND_TRIP_MS) return false;
  const errorMs = Math.ceil(roundTripMs / 2);
  // Asked again for a better answer: one that took longer knows less.
  if (rounds > 0 && errorMs > (turn.time.errorMs ?? Number.POSITIVE_INFINITY)) return false;
  turn.record({
    t: 'clock',
    anchor: {
      serverMs: parsed.data.serverMs + roundTripMs / 2,
      monoMs: turn.moment.monoMs,
      errorMs,
      kernelBootId: turn.state.durable.kernelBootId,
    },
  });
  return true;
}

/** An answer to another question proves nothing about now: a straggler of this device's own, once, or a replay. */
function takeStray(turn: Turn, topic: string, nonce: string): void {
  const { timeUnanswered } = turn.state;
  if (timeUnanswered.includes(nonce))
    return turn.set({ timeUnanswered: timeUnanswered.filter((each) => each !== nonce) });
  turn.refuseOnce(topic, { code: 'timeRejected', detail: 'answers a question that is not open' });
}
