import {
  type Cause,
  chainOf,
  fromHex,
  type Heard,
  type Outcome,
  RESEND_MS,
  type Receipt,
  type ReceiptBatch,
  receiptAck,
  type Signer,
  signBatch,
  topics,
} from '../../protocol/index.js';
import type { Evidence, ObligedPlay, ReceiptClock, UnsentReceipt } from './state.js';
import type { Turn } from './turn.js';

const MOST_RECEIPTS = 100;
/** Of the texts of one batch as they travel, escaped and in UTF-8; the topic allows 256 KiB. */
const MOST_BYTES = 200_000;

export interface Ending extends Pick<Heard, 'playedMs' | 'seekMs' | 'interruptions'> {
  readonly outcome: Outcome;
  readonly cause: Cause | null;
  readonly grade: Receipt['grade'];
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly lateMs: number;
  readonly clock: ReceiptClock;
  /** Null: nothing sounded. */
  readonly evidence: Evidence | null;
}

/** Writes the one final receipt of a play, chained to the one before. */
export function writeReceipt(turn: Turn, obliged: ObligedPlay, ending: Ending): void {
  const { durable } = turn.state;
  const { play } = obliged;
  const body: Receipt = {
    v: 1,
    device: turn.device,
    boot: durable.boot,
    bootId: durable.bootId,
    seq: durable.seq + 1,
    simulated: turn.env.simulated,
    play: play.play,
    occurrence: play.occurrence,
    part: play.part,
    planVersion: obliged.version,
    day: obliged.day,
    item: play.item,
    audioSha256: play.audio.sha256,
    area: turn.state.durable.head?.area ?? turn.identity.area,
    cluster: turn.state.durable.head?.cluster ?? turn.identity.cluster,
    planned: {
      startMs: play.startMs,
      latestEndMs: play.latestEndMs,
      durationMs: play.audio.durationMs,
      volume: play.volume,
      class: play.class,
      late: play.late,
      ...(play.level ? { level: play.level } : {}),
      ...(play.interrupted ? { interrupted: play.interrupted } : {}),
    },
    outcome: ending.outcome,
    cause: ending.cause,
    grade: ending.grade,
    startedAtMs: ending.startedAtMs,
    endedAtMs: ending.endedAtMs,
    playedMs: ending.playedMs,
    seekMs: ending.seekMs,
    lateMs: ending.lateMs,
    volume: ending.evidence?.volume ?? play.volume,
    ...(obliged.command ? { command: obliged.command } : {}),
    ...(play.relay ? { relay: { heardMs: ending.evidence?.relayMs ?? 0 } } : {}),
    ...(ending.evidence?.sensed === undefined ? {} : { sensed: ending.evidence.sensed }),
    ...(ending.interruptions.length > 0 ? { interruptions: [...ending.interruptions] } : {}),
    clock: ending.clock,
  };
  const text = JSON.stringify(body);
  const link = chainOf(fromHex(durable.link), [text], turn.env.crypto)[0] as string;
  turn.record({
    t: 'receipt',
    play: play.play,
    startMs: play.startMs,
    receipt: { boot: durable.boot, seq: body.seq, previous: durable.link, link, text },
  });
}

/** How many of these, from the first on, one batch takes: of one boot, without a gap, and no more than its topic lets through. */
export function batchLength(receipts: readonly UnsentReceipt[]): number {
  const [oldest] = receipts;
  let bytes = 0;
  let length = 0;
  for (const { boot, seq, text } of receipts) {
    bytes += bytesInBatch(text);
    const follows = boot === oldest?.boot && seq === oldest.seq + length;
    if (!follows || length === MOST_RECEIPTS || (length > 0 && bytes > MOST_BYTES)) break;
    length += 1;
  }
  return length;
}

/** At most: escaped, in UTF-8, with its quotes and comma. Counted, not made, because memory is short. */
function bytesInBatch(text: string): number {
  let bytes = 3;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    const escaped = unit < 0x20 || (unit >= 0xd800 && unit < 0xe000);
    bytes += escaped ? 6 : unit === 0x22 || unit === 0x5c ? 2 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  return bytes;
}

/** @param run as `batchLength` measured it, at least one */
export function batchOf(device: string, run: readonly UnsentReceipt[], signer: Signer): ReceiptBatch {
  const [oldest] = run as readonly [UnsentReceipt];
  const newest = run[run.length - 1] as UnsentReceipt;
  const { boot, seq: first, previous } = oldest;
  const { seq: last, link } = newest;
  return signBatch({ v: 1, device, boot, first, last, previous, link, receipts: run.map(({ text }) => text) }, signer);
}

/** Sends the oldest unsent run of one boot, one batch under way at a time, again when no answer comes. */
export function sendReceipts(turn: Turn): void {
  const { durable, sent, connected } = turn.state;
  const oldest = durable.unsent[0];
  if (!connected || !oldest) return;
  if (sent && turn.moment.monoMs - sent.monoMs < RESEND_MS) return;
  const run = durable.unsent.slice(0, batchLength(durable.unsent));
  const batch = batchOf(turn.device, run, turn.env.signer);
  turn.publish(topics.up(turn.device, 'receipts'), batch, { qos: 1 });
  turn.set({ sent: { boot: batch.boot, first: batch.first, last: batch.last, monoMs: turn.moment.monoMs } });
}

/** `payload` is the verified content of an acknowledgement. */
export function takeAck(turn: Turn, payload: unknown): string | null {
  const parsed = receiptAck.safeParse(payload);
  if (!parsed.success || parsed.data.device !== turn.device) return 'not an acknowledgement for this device';
  const { boot, first, last } = parsed.data;
  turn.record({ t: 'acked', boot, first, last });
  // What was sent may be acknowledged in pieces (an earlier, shorter batch, then the rest).
  const { sent, durable } = turn.state;
  const open =
    sent && durable.unsent.some(({ boot, seq }) => boot === sent.boot && seq >= sent.first && seq <= sent.last);
  if (!open) turn.set({ sent: null });
  return null;
}
