/**
 * The least that a controller must do to be one: for firmware in C with some hundred kilobytes. What is left out is named
 * by its absence in `capabilities` or stated in `reports`; the service treats such a device like any other.
 *
 * Budgets are in bytes of the payload as it comes. A service keeps its messages to such a device inside them: a head has
 * its descriptors left out where a part fits one chunk, and today's part is cut at the day.
 */
export const MINIMUM_PROFILE = {
  /** Largest message that must be taken whole into memory: the key set. */
  messageBytes: 16_384,
  headBytes: 4_096,
  /** A day part, packed and unpacked. Plays beyond are left out and stated as `partRejected`. */
  partBytes: 32_768,
  partUnpackedBytes: 262_144,
  playsPerDay: 200,
  /** Chunks may be written to storage as they come; one must fit memory to be verified. */
  chunkBytes: 65_536,
  receiptBytes: 2_048,
  receiptsPerBatch: 1,
  /** Receipts that must survive a power cut while nobody acknowledges them: 30 days of 40 plays. */
  receiptsKept: 1_200,
  commandsRemembered: 64,
} as const;

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
  'assets by chunks over MQTT': 'pulls each asset over HTTP with Range',
  '`interrupted: resume` and `makeUp`': 'treats both as `drop`: the receipt is partial, `preempted`',
  'batches of several receipts': 'sends each receipt in a batch of its own',
  relay: 'plays the stored sound; states no `stream`',
  'active lists': 'takes commands only while connected',
  'telemetry, events, updates': 'none are told',
  'commands of other kinds': 'refused as `unsupported`',
} as const;
