/** A player that is broken at one place: the built program of `module` with `from` replaced. */
export interface Twist {
  readonly name: string;
  /** Below `devices/` of the built tree. */
  readonly module: string;
  /** Stands there exactly once; a twist that no longer fits fails loudly. */
  readonly from: string;
  readonly to: string;
  /** Clauses that it is examined by, beside those that it breaks. */
  readonly keeps: readonly string[];
  /** Clauses that fail because of it: these and no others. */
  readonly breaks: readonly string[];
}

const UNVERIFIED = `(() => {
  try {
    return { ok: true, payload: JSON.parse(Buffer.from(compact.split('.')[1], 'base64url').toString()) };
  } catch {
    return { ok: false, problem: 'malformed' };
  }
})()`;

const RECEIPTS = [
  'receipts.one',
  'receipts.fields',
  'receipts.afterSound',
  'receipts.chain',
  'receipts.signature',
  'receipts.sequence',
];
const others = (all: readonly string[], ...broken: readonly string[]) => all.filter((id) => !broken.includes(id));

export const TWISTS: readonly Twist[] = [
  {
    name: 'trusts-any-root',
    module: 'player/adapters/enrolment.js',
    from: 'if (toHex(crypto.sha256(root)) !== pinned)',
    to: 'if (false)',
    keeps: ['enrol.keySet', 'enrol.identity', 'enrol.proof'],
    breaks: ['enrol.root'],
  },
  {
    name: 'never-asks-for-another-token',
    module: 'player/core/renewal.js',
    from: "return loginRefused ? 'token' : null;",
    to: 'return null;',
    keeps: ['connection.session', 'connection.again'],
    breaks: ['enrol.renewal'],
  },
  {
    name: 'proves-itself-over-other-letters',
    module: 'player/adapters/device-desk.js',
    from: 'tokenProofBytes(device, challenge)',
    to: 'tokenProofBytes(challenge, device)',
    keeps: ['connection.session', 'enrol.proof'],
    breaks: ['enrol.renewal', 'enrol.token'],
  },
  {
    name: 'publishes-in-the-wrong-shard',
    module: 'protocol/topics.js',
    from: 'return hash % SHARDS;',
    to: 'return (hash + 1) % SHARDS;',
    keeps: ['connection.session', 'connection.subscriptions'],
    // The will stands on the same topic.
    breaks: ['connection.shard', 'connection.will'],
  },
  {
    name: 'uses-the-wall-clock-before-time-is-known',
    module: 'player/core/clock.js',
    from: 'if (!anchor || monoMs < anchor.monoMs)',
    to: "if (!anchor) return { trust: 'untrusted', nowMs: Date.now(), errorMs: null }; if (monoMs < anchor.monoMs)",
    keeps: ['time.again', 'time.other', 'time.nonce'],
    breaks: ['time.none', 'commands.held'],
  },
  {
    name: 'takes-any-answer-for-the-time',
    module: 'player/core/time.js',
    from: 'parsed.data.nonce !== asked.nonce',
    to: 'false',
    keeps: ['time.again', 'time.nonce'],
    breaks: ['time.other', 'time.none', 'commands.held'],
  },
  {
    name: 'plays-unsigned-plans',
    module: 'player/core/messages.js',
    from: "open(turn, compact, 'vang-plan', turn.time.nowMs)",
    to: UNVERIFIED,
    keeps: ['plan.otherDevice', 'plan.older', 'commands.forged', 'keys.scope'],
    breaks: ['plan.unsigned', 'plan.wrongSignature', 'plan.scope'],
  },
  {
    name: 'accepts-older-plans',
    module: 'player/core/messages.js',
    from: 'if (head.version < held)',
    to: 'if (false)',
    keeps: ['plan.unsigned', 'plan.otherDevice'],
    breaks: ['plan.older'],
  },
  {
    name: 'takes-the-plan-of-another-device',
    module: 'player/core/messages.js',
    from: 'if (head.device !== turn.device)',
    to: 'if (false)',
    keeps: ['plan.unsigned', 'plan.scope'],
    breaks: ['plan.otherDevice'],
  },
  {
    name: 'revives-revoked-keys',
    module: 'player/core/messages.js',
    from: 'if (opened.keys.version < held)',
    to: 'if (false)',
    keeps: ['keys.forged', 'keys.scope'],
    // Whose newest set is not the highest refuses nothing as older.
    breaks: ['keys.older', 'keys.newer'],
  },
  {
    name: 'lets-every-key-change-programs',
    module: 'player/core/update.js',
    from: 'if (!keys || !maySignUpdates(keys, opened.kid))',
    to: 'if (!keys)',
    keeps: ['keys.scope', 'commands.forged'],
    breaks: ['update.scope'],
  },
  {
    name: 'plays-a-plan-that-is-not-here-whole',
    module: 'player/core/messages.js',
    from: 'if (!plays)',
    to: 'if (!plays && Object.keys(parts).length > 0) continue; if (!plays)',
    keeps: ['plan.older', 'play.onTime'],
    breaks: ['plan.whole'],
  },
  {
    name: 'has-no-room-for-a-full-day',
    module: 'protocol/plan.js',
    from: 'MAX_PART_PLAYS = 2_000',
    to: 'MAX_PART_PLAYS = 150',
    keeps: ['plan.whole', 'play.onTime'],
    breaks: ['robust.limits'],
  },
  {
    name: 'ignores-the-scope-of-keys',
    module: 'protocol/keys.js',
    from: 'if (!key.scope.some(',
    to: 'if (false && !key.scope.some(',
    keeps: ['keys.unknown', 'keys.validity', 'plan.wrongSignature'],
    breaks: ['keys.scope', 'plan.scope'],
  },
  {
    name: 'obeys-expired-commands',
    module: 'player/core/commands.js',
    from: 'const verdict = judgeCommand(',
    to: "const verdict = 'obey'; judgeCommand(",
    keeps: ['commands.once', 'commands.others', 'commands.forged'],
    breaks: ['commands.expired', 'commands.lifetime'],
  },
  {
    name: 'obeys-replays',
    module: 'player/core/commands.js',
    from: 'if (Object.hasOwn(turn.state.durable.obeyed, id))',
    to: 'if (false)',
    keeps: ['commands.expired', 'commands.others'],
    breaks: ['commands.once'],
  },
  {
    name: 'obeys-commands-for-others',
    module: 'player/core/commands.js',
    from: 'if (!forUs)',
    to: 'if (false)',
    keeps: ['commands.expired', 'commands.forged', 'commands.area'],
    breaks: ['commands.others'],
  },
  {
    name: 'sounds-through-a-silence',
    module: 'player/core/silence.js',
    from: 'if (!silence || atMs < silence.fromMs || atMs >= silence.untilMs)',
    to: 'if (true)',
    keeps: ['commands.stop', 'commands.resume'],
    breaks: ['commands.silence'],
  },
  {
    name: 'forgets-where-it-is-in-the-item',
    module: 'protocol/interruption.js',
    from: "resume: { beginsAgainAt: 'whereItWas',",
    to: "resume: { beginsAgainAt: 'beginning',",
    keeps: ['preempt.emergency', 'preempt.makeUp'],
    breaks: ['preempt.resume'],
  },
  {
    name: 'wishes-for-everything-again',
    module: 'player/core/assets.js',
    from: 'toBitmap(missingIndexes(asset.missing), asset.missing.length)',
    to: 'toBitmap([...asset.missing.keys()], asset.missing.length)',
    keeps: ['assets.single', 'assets.several', 'assets.corrupt'],
    breaks: ['assets.bitmap'],
  },
  {
    name: 'forgets-chunks-on-a-power-cut',
    module: 'player/core/machine.js',
    from: 'begun: new Set(begun)',
    to: 'begun: new Set()',
    keeps: ['assets.several', 'assets.bitmap'],
    breaks: ['assets.resumed'],
  },
  {
    name: 'keeps-chunks-unseen',
    module: 'player/core/assets.js',
    from: 'if (payload.length !== end - start || !genuine)',
    to: 'if (payload.length !== end - start)',
    keeps: ['assets.single', 'assets.several', 'assets.bitmap', 'assets.descriptor'],
    breaks: ['assets.corrupt'],
  },
  {
    name: 'plays-on-after-the-latest-end',
    module: 'player/core/playback.js',
    from: 'if (current && nowMs >= current.obliged.play.latestEndMs)',
    to: 'if (false)',
    keeps: ['play.onTime', 'late.whole'],
    breaks: ['play.latestEnd'],
  },
  {
    name: 'lets-no-emergency-in',
    module: 'protocol/preemption.js',
    from: "return rule === 'always' ||",
    to: 'return false &&',
    keeps: ['preempt.waits', 'play.onTime'],
    breaks: ['preempt.emergency', 'preempt.level'],
  },
  {
    name: 'writes-receipts-before-the-sound',
    module: 'player/core/machine.js',
    from: 'return soundStarted(turn, event.play, event.atMonoMs);',
    to: "soundStarted(turn, event.play, event.atMonoMs); return soundEnded(turn, event.play, 1_000, 'end');",
    keeps: others(RECEIPTS, 'receipts.afterSound'),
    breaks: ['receipts.afterSound'],
  },
  {
    name: 'writes-two-finals',
    module: 'player/core/receipts.js',
    from: 'export function writeReceipt(turn, obliged, ending) {',
    to: `export function writeReceipt(turn, obliged, ending) {
      writeOne(turn, obliged, ending);
      writeOne(turn, obliged, ending);
    }
    function writeOne(turn, obliged, ending) {`,
    keeps: others(RECEIPTS, 'receipts.one'),
    breaks: ['receipts.one'],
  },
  {
    name: 'writes-the-volume-of-today-as-that-of-the-plan',
    module: 'player/core/receipts.js',
    from: 'volume: play.volume,',
    to: 'volume: 55,',
    keeps: others(RECEIPTS, 'receipts.fields'),
    breaks: ['receipts.fields'],
  },
  {
    name: 'begins-a-new-chain-with-each-receipt',
    module: 'player/core/receipts.js',
    from: 'chainOf(fromHex(durable.link), [text], turn.env.crypto)',
    to: "chainOf(fromHex('0'.repeat(64)), [text], turn.env.crypto)",
    keeps: ['play.onTime', ...others(RECEIPTS, 'receipts.chain')],
    breaks: ['receipts.chain'],
  },
  {
    name: 'skips-a-number-between-receipts',
    module: 'player/core/receipts.js',
    from: 'seq: durable.seq + 1,',
    to: 'seq: durable.seq + 2,',
    keeps: ['play.onTime', ...others(RECEIPTS, 'receipts.sequence')],
    breaks: ['receipts.sequence'],
  },
  {
    name: 'says-that-a-power-cut-cut-nothing',
    module: 'player/core/sounding.js',
    from: 'endCurrent(turn, current, downCause);',
    to: 'endCurrent(turn, { ...current, playedMs: current.obliged.play.audio.durationMs }, null);',
    keeps: ['power.missed', 'power.kept', 'power.boot'],
    breaks: ['power.partial'],
  },
  {
    name: 'forgets-receipts-on-a-power-cut',
    module: 'player/core/journal.js',
    from: 'clock: sameKernel ? durable.clock : null,',
    to: 'clock: sameKernel ? durable.clock : null, unsent: [],',
    keeps: ['power.partial', 'power.missed', 'power.boot'],
    breaks: ['power.kept'],
  },
  {
    name: 'believes-forged-acknowledgements',
    module: 'player/core/messages.js',
    from: "open(turn, compact, 'vang-ack', turn.time.nowMs)",
    to: UNVERIFIED,
    keeps: ['receipts.chain', 'commands.forged'],
    breaks: ['receipts.resend', 'receipts.ackForged'],
  },
  {
    name: 'never-sends-receipts-again',
    module: 'player/core/receipts.js',
    from: 'if (sent && turn.moment.monoMs - sent.monoMs < RESEND_MS)',
    to: 'if (sent)',
    keeps: ['receipts.chain', 'receipts.one'],
    breaks: ['receipts.resend', 'receipts.ackForged'],
  },
];

/** The twist in the text of its module. Throws where it does not fit. */
export function twisted(source: string, { name, from, to }: Pick<Twist, 'name' | 'from' | 'to'>): string {
  const pieces = source.split(from);
  if (pieces.length !== 2) throw new Error(`the twist ${name} fits ${pieces.length - 1} times: ${from}`);
  return pieces.join(to);
}
