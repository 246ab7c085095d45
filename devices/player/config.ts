import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { type Claim, decodeClaim } from '../protocol/index.js';
import { type Command, parseCommand } from './adapters/amplifier/command.js';
import { LOG_LEVELS } from './logger.js';

export type SoundChoice =
  | { readonly kind: 'wav'; readonly path: string }
  | { readonly kind: 'alsa'; readonly card: string }
  | { readonly kind: 'null' };

/** A setting that a person must correct; the message is all they need. */
export class ConfigError extends Error {}

function parseSound(text: string, context: z.RefinementCtx): SoundChoice {
  if (text === 'null') return { kind: 'null' };
  if (text === 'alsa') return { kind: 'alsa', card: 'default' };
  if (/^alsa:.+$/.test(text)) return { kind: 'alsa', card: text.slice(5) };
  if (/^wav:.+\.wav$/.test(text)) return { kind: 'wav', path: resolve(text.slice(4)) };
  context.addIssue('use wav:FILE.wav, alsa, alsa:CARD or null');
  return z.NEVER;
}

function parseClaim(text: string, context: z.RefinementCtx): Claim {
  const claim = decodeClaim(text);
  if (claim) return claim;
  context.addIssue('not a claim of this system (VANG1.…)');
  return z.NEVER;
}

/** A name of ALSA; it becomes an argument, so it is none that looks like an option. */
const CARD = /^[A-Za-z0-9][A-Za-z0-9_:,=.-]{0,99}$/;

function parseTuner(text: string, context: z.RefinementCtx): { readonly card: string; readonly mhz: number } {
  const [card = '', frequency = '', ...more] = text.split('@');
  const mhz = Number(frequency);
  if (CARD.test(card) && mhz >= 60 && mhz <= 110 && more.length === 0) return { card, mhz };
  context.addIssue('use CARD@MHZ, e.g. hw:1,0@99.9');
  return z.NEVER;
}

function toCommand(text: string, context: z.RefinementCtx): Command {
  const command = parseCommand(text);
  if (command) return command;
  context.addIssue('an absolute path and its arguments, without quotes');
  return z.NEVER;
}

const schema = z.object({
  claim: z.string().transform(parseClaim).optional(),
  data: z
    .string()
    .min(1)
    .default('player-data')
    .transform((path) => resolve(path)),
  sound: z.string().default('alsa').transform(parseSound),
  model: z.string().min(1).max(100).default('vang-player'),
  serial: z
    .string()
    .min(1)
    .max(100)
    .default(() => hostname().slice(0, 100) || 'unknown'),
  simulated: z.union([z.boolean(), z.stringbool()]).default(false),
  /** Lays down a new key for the player on this folder, which changes to it, and ends. */
  changeKey: z.boolean().default(false),
  /** Without it: that of the PATH, else that of npm (adapters/sound/ffmpeg.ts). */
  ffmpeg: z.string().min(1).optional(),
  assets: z.enum(['mqtt', 'http']).default('mqtt'),
  /** Instead of the broker that the service named at enrolment. */
  mqttUrl: z.url().optional(),
  /** Audio beyond this that no plan needs is removed, oldest first. */
  quotaMb: z.coerce.number().int().min(1).default(2_048),
  /** ALSA inputs for relays: what is plugged in, and a tuner set by hand to one frequency (`hw:1,0@99.9`, MHz). */
  lineIn: z.string().regex(CARD, 'the name of an ALSA input').optional(),
  fm: z.string().transform(parseTuner).optional(),
  /** Relay of the amplifier and sense of the loudspeaker line: commands of this machine (adapters/amplifier/command.ts). */
  amplifierOn: z.string().transform(toCommand).optional(),
  amplifierOff: z.string().transform(toCommand).optional(),
  /** Switched on so long before a play. */
  amplifierBeforeMs: z.coerce.number().int().min(0).max(60_000).default(1_500),
  /** Switched off so long after the last. */
  amplifierAfterMs: z.coerce.number().int().min(0).max(3_600_000).default(5_000),
  lineSense: z.string().transform(toCommand).optional(),
  /** What feeds the machine, and how well its modem hears: commands that print `mains` or `battery`, and dBm. */
  powerSense: z.string().transform(toCommand).optional(),
  signalSense: z.string().transform(toCommand).optional(),
  /** How this machine is started anew when the service asks for it (install/vang-player-reboot.path); without it it never is. */
  reboot: z.string().transform(toCommand).optional(),
  /** Set by the launcher (update/launcher.ts): where the programs of this board lie. */
  home: z.string().min(1).optional(),
  log: z.enum(LOG_LEVELS).default('info'),
});
export type PlayerConfig = z.infer<typeof schema>;

const FLAGS = {
  claim: { type: 'string' },
  data: { type: 'string' },
  sound: { type: 'string' },
  model: { type: 'string' },
  serial: { type: 'string' },
  simulated: { type: 'boolean' },
  'change-key': { type: 'boolean' },
} as const;

const variableOf = (name: string) => `VANG_PLAYER_${name.replace(/[A-Z]/g, '_$&').toUpperCase()}`;

/** The one reader of flags and environment: a flag wins over `VANG_PLAYER_<NAME>`. Throws a ConfigError that names every fault. */
export function readConfig(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): PlayerConfig {
  const given: Record<string, unknown> = {};
  for (const name of Object.keys(schema.omit({ changeKey: true }).shape)) {
    const value = environment[variableOf(name)];
    if (value !== undefined && value !== '') given[name] = value;
  }
  try {
    const { 'change-key': changeKey = false, ...flags } = parseArgs({ args: [...argv], options: FLAGS }).values;
    Object.assign(given, flags, { changeKey });
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
  const parsed = schema.safeParse(given);
  if (parsed.success && !parsed.data.amplifierOn === !parsed.data.amplifierOff) return parsed.data;
  if (parsed.success)
    throw new ConfigError('VANG_PLAYER_AMPLIFIER_ON and VANG_PLAYER_AMPLIFIER_OFF: give both or neither');
  const faults = parsed.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return `${name in FLAGS ? `--${name} / ` : ''}${variableOf(name)}: ${message}`;
  });
  throw new ConfigError(faults.join('; '));
}
