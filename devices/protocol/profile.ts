import { MAX_PART_PLAYS } from './plan.js';
import { TOPIC_RULES } from './topics.js';

/**
 * The least that a controller must do to be one: for firmware in C with some hundred kilobytes. What is left out is named
 * by its absence in `capabilities` or stated in `reports`. The service does not know which devices are small: it sends to all the
 * same, and no message over the size of its topic (it refuses to sign one).
 *
 * Bytes are of the payload as it comes.
 */
export const MINIMUM_PROFILE = {
  /** Largest message to take whole into memory: a command. Key set, acknowledgement, head and identity are smaller. */
  messageBytes: TOPIC_RULES['down.commands'].maxBytes,
  headBytes: TOPIC_RULES['down.plan'].maxBytes,
  /** A day part of this much, packed and unpacked, must be taken. A larger one may be refused (`partRejected`): the plan before holds. */
  partBytes: 65_536,
  partUnpackedBytes: 262_144,
  playsPerDay: 200,
  /** With the longest names and title that there can be. */
  receiptBytes: 4_096,
  receiptsPerBatch: 1,
  /** Receipts that must survive a power cut while nobody acknowledges them: 30 days of 40 plays. */
  receiptsKept: 1_200,
  commandsRemembered: 64,
} as const;

/** What each of them is, and whether more may come. */
export const BUDGET_MEANINGS: Readonly<Record<keyof typeof MINIMUM_PROFILE, string>> = {
  messageBytes: 'largest message to take whole: a command; the service signs none that is larger',
  headBytes: 'plan head; the service signs none that is larger',
  partBytes:
    'day part as it is fetched; a larger one can come and may be refused (`partRejected`, an alarm): the plan before holds',
  partUnpackedBytes: 'the same, unpacked (it can be read as a stream, play by play)',
  playsPerDay: `plays of such a part; the service makes none with more than ${MAX_PART_PLAYS.toLocaleString('en')}`,
  receiptBytes: 'text of a receipt, with the longest names and title that there can be',
  receiptsPerBatch: 'receipts in a batch, at least',
  receiptsKept: 'receipts that nobody acknowledged and that survive a power cut: 30 days of 40 plays',
  commandsRemembered: 'ids of commands that have not expired',
};

/** What a controller of the minimum profile does. */
export const MINIMUM_DUTIES = [
  'enrol',
  'keys',
  'time',
  'plan',
  'assets',
  'play',
  'late',
  'preempt',
  'receipts',
  'chain',
  'state',
  'reports',
  'commands.stop',
  'commands.silence',
  'commands.volume',
] as const;

/** What it may leave out, and what it does instead. */
export const MINIMUM_LEAVES_OUT = {
  'assets by chunks over MQTT': 'pulls each asset over HTTP, in ranges of any size',
  '`interrupted: resume` and `makeUp`': 'treats both as `drop`: the receipt is partial, `preempted`',
  'batches of several receipts': 'sends each receipt in a batch of its own',
  relay: 'plays the stored sound; states no `stream`',
  'active lists': 'takes commands only while connected',
  'telemetry, events, updates': 'none are told',
  'commands of other kinds': 'refused as `unsupported`',
} as const;
