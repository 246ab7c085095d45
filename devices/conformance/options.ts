import { parseArgs } from 'node:util';
import type { Clause } from './clause.js';
import { CLAUSES, clausesNamed } from './clauses.js';
import type { Profile } from './verdict.js';

export interface Options {
  readonly profile: Profile;
  readonly host: string;
  readonly httpPort: number;
  readonly mqttPort: number;
  readonly clauses: readonly Clause[];
  readonly json: boolean;
  readonly command: string | null;
}

/** What a person must correct; the message says it. */
export class OptionsError extends Error {}

const FLAGS = {
  profile: { type: 'string', default: 'full' },
  host: { type: 'string', default: '127.0.0.1' },
  http: { type: 'string', default: '0' },
  mqtt: { type: 'string', default: '0' },
  only: { type: 'string' },
  start: { type: 'string' },
  json: { type: 'boolean', default: false },
} as const;

/** Throws an OptionsError. */
export function readOptions(argv: readonly string[]): Options {
  const { profile, host, http, mqtt, only, start, json } = parse(argv);
  if (profile !== 'full' && profile !== 'minimum') throw new OptionsError('--profile: full or minimum');
  if (!/^[A-Za-z0-9.-]{1,253}$/.test(host)) throw new OptionsError('--host: a name or an IPv4 address');
  const names = (only ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  const clauses = names.length > 0 ? clausesNamed(names) : CLAUSES;
  if (!clauses)
    throw new OptionsError(`--only: ${CLAUSES.map(({ id }) => id).join(', ')}, or the part before the point`);
  if (start !== undefined && !start.includes('{claim}'))
    throw new OptionsError('--start: the command with {claim} in it');
  return {
    profile,
    host,
    httpPort: portOf('http', http),
    mqttPort: portOf('mqtt', mqtt),
    clauses,
    json,
    command: start ?? null,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS }).values;
  } catch (error) {
    throw new OptionsError(error instanceof Error ? error.message : String(error));
  }
}

function portOf(name: string, text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535 || text === '') throw new OptionsError(`--${name}: a port`);
  return port;
}
