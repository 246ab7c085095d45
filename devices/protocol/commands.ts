import { z } from 'zod';
import { plannedPlay } from './plan.js';
import { epochMs, id, localDay } from './words.js';

/**
 * What the service asks of a device now: JWS `vang-command` on the device's topic, or once on an area's topic for every
 * device below it. A command is obeyed at most once, only before its expiry, and only if a key that covers the device
 * signed it. There is no command that names a program, a path or an address.
 */

/** A command lives no longer than this, so that a device remembers few. */
export const LONGEST_COMMAND_MS = 24 * 3_600_000;
/** A command from further ahead than this comes from a wrong clock. */
export const COMMAND_AHEAD_MS = 120_000;
/** How long a device can be told to be silent. */
export const LONGEST_SILENCE_MS = 7 * 24 * 3_600_000;
export const LONGEST_TEST_TONE_MS = 10_000;

/** Plays for the devices of one audience. */
const choice = z.object({
  /** Equal to `languages` of the device's plan head; null: for every device that no other choice names. */
  languages: z.array(z.string().min(2).max(35)).max(16).nullable(),
  plays: z.array(plannedPlay).min(1).max(20),
});

export const commandBody = z.discriminatedUnion('kind', [
  /**
   * These plays, exactly as the next plan will tell them (same names), ahead of it: for an emergency, which must not wait
   * for the plan of each device. Their audio is fetched as urgent.
   */
  z.object({ kind: z.literal('playNow'), day: localDay, choices: z.array(choice).min(1).max(16) }),
  /** Ends what sounds now; `play` absent: whatever it is. It is not taken up again. */
  z.object({ kind: z.literal('stop'), play: id.optional() }),
  /** Nothing starts until `untilMs`, and what sounds stops. `emergencies`: whether those still sound. */
  z.object({ kind: z.literal('silence'), untilMs: epochMs, emergencies: z.boolean() }),
  z.object({ kind: z.literal('resume') }),
  /** Loudness of everything, in percent of what each play asks for. Kept until the next one. */
  z.object({ kind: z.literal('volume'), percent: z.int().min(0).max(100) }),
  z.object({ kind: z.literal('amplifier'), on: z.boolean() }),
  z.object({
    kind: z.literal('testTone'),
    volume: z.int().min(0).max(100),
    durationMs: z.int().min(200).max(LONGEST_TEST_TONE_MS),
  }),
  z.object({ kind: z.literal('reboot') }),
  /** Receipts that were acknowledged and are asked for again (after restoring a backup); what is gone is left out. */
  z.object({ kind: z.literal('resendReceipts'), boot: z.int().min(1), first: z.int().min(1), last: z.int().min(1) }),
]);
export type CommandBody = z.infer<typeof commandBody>;
export type CommandKind = CommandBody['kind'];

/** Read first, so that a kind of a later version is refused by name and not as garbage. */
export const commandEnvelope = z.object({
  v: z.literal(1),
  /** Names the command for ever; also its nonce. */
  id,
  to: z.union([z.strictObject({ device: id }), z.strictObject({ area: id })]),
  issuedAt: epochMs,
  expiresAt: epochMs,
});
export const command = commandEnvelope.extend({ body: commandBody });
export type Command = z.infer<typeof command>;

/**
 * What is in force in an area now: retained, JWS `vang-active`. A device that reconnects inside an emergency joins it, one
 * that reconnects after it finds an empty list. A lower version than the one held is refused.
 */
export const activeList = z.object({
  v: z.literal(1),
  area: id,
  version: z.int().min(1),
  /** Commands as they were signed. */
  commands: z.array(z.string().min(1).max(32_768)).max(16),
});
export type ActiveList = z.infer<typeof activeList>;

/** `received`: verified and kept. The others are final. */
export const COMMAND_STATES = ['received', 'done', 'refused', 'expired'] as const;
export type CommandState = (typeof COMMAND_STATES)[number];

/** In words: `REFUSAL_MEANINGS`. */
export const COMMAND_REFUSALS = [
  'unsupported',
  'fromFuture',
  'tooLong',
  'noTrustedTime',
  'notSounding',
  'failed',
] as const;
export type CommandRefusal = (typeof COMMAND_REFUSALS)[number];

export const commandStatus = z.object({
  v: z.literal(1),
  device: id,
  command: id,
  state: z.enum(COMMAND_STATES),
  /** With `refused`. */
  reason: z.enum(COMMAND_REFUSALS).optional(),
  atMs: epochMs.nullable(),
});
export type CommandStatus = z.infer<typeof commandStatus>;

/** What is to be done with a command whose signature holds, at server time `nowMs`. */
export function judgeCommand(
  { issuedAt, expiresAt, body }: Pick<Command, 'issuedAt' | 'expiresAt' | 'body'>,
  nowMs: number,
): 'obey' | 'expired' | Extract<CommandRefusal, 'fromFuture' | 'tooLong'> {
  if (expiresAt - issuedAt > LONGEST_COMMAND_MS) return 'tooLong';
  if (body.kind === 'silence' && body.untilMs - issuedAt > LONGEST_SILENCE_MS) return 'tooLong';
  if (nowMs > expiresAt) return 'expired';
  if (issuedAt - nowMs > COMMAND_AHEAD_MS) return 'fromFuture';
  return 'obey';
}

/** The choice for a device whose head names these languages; undefined: none is for it. */
export function choiceFor<Choice extends { readonly languages: readonly string[] | null }>(
  choices: readonly Choice[],
  languages: readonly string[],
): Choice | undefined {
  const same = ({ languages: theirs }: Choice) =>
    theirs !== null && theirs.length === languages.length && theirs.every((each, at) => each === languages[at]);
  return choices.find(same) ?? choices.find((each) => each.languages === null);
}
