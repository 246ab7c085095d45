import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';

/**
 * Every setting of the service, its default and its meaning. This folder alone reads the environment; `NAME_FILE` gives
 * the path of a file that holds the value of `NAME` (secrets in containers and systemd credentials).
 */
const ROLES = ['api', 'ingest', 'worker'] as const;
export type Role = (typeof ROLES)[number];

const port = z.coerce.number().int().min(0).max(65_535);
const flag = z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1');
const url = (protocols: readonly string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    message: `must be an address starting with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

const settings = z.object({
  /** Folder of everything that must survive: database, content, keys. */
  VANG_DATA: z.string().min(1).default('.vang'),
  VANG_HOST: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free port; the log says which. */
  VANG_PORT: port.default(8080),
  /** Address under which browsers and devices reach this service; default: host and port. */
  VANG_PUBLIC_URL: url(['http:', 'https:']).optional(),
  /** What this process does. */
  VANG_ROLES: z
    .string()
    .default(ROLES.join(','))
    .transform((text, context) => {
      const roles = text.split(',').map((word) => word.trim());
      const parsed = z.array(z.enum(ROLES)).min(1).safeParse(roles);
      if (parsed.success) return new Set<Role>(parsed.data);
      context.addIssue({ code: 'custom', message: `must be a comma-separated list of ${ROLES.join(', ')}` });
      return z.NEVER;
    }),
  /** PostgreSQL; without it SQLite in VANG_DATA. */
  DATABASE_URL: url(['postgres:', 'postgresql:']).optional(),
  /** An external broker; without it one is embedded. */
  MQTT_URL: url(['mqtt:', 'mqtts:', 'ws:', 'wss:']).optional(),
  /** Address of the broker as devices reach it; default: MQTT_URL without credentials, or the embedded one. */
  VANG_MQTT_PUBLIC_URL: url(['mqtt:', 'mqtts:', 'ws:', 'wss:']).optional(),
  VANG_MQTT_HOST: z.string().min(1).default('127.0.0.1'),
  VANG_MQTT_PORT: port.default(1883),
  FFMPEG_PATH: z.string().min(1).optional(),
  VANG_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Creates a demo database: counts only when the database is created (invariant 13). */
  VANG_DEMO: flag.default(false),
  /** First administrator, made when there is no account yet; else one is made by POST /api/setup with the code of the log. */
  VANG_ADMIN_LOGIN: z.string().min(3).max(64).optional(),
  VANG_ADMIN_PASSWORD: z.string().min(10).max(200).optional(),
  /** How long the merging of wishes for audio waits for more devices, ms. */
  VANG_WISH_WINDOW_MS: z.coerce.number().int().min(0).max(60_000).default(1_500),
  /** What the line from the broker to all devices together may carry, bytes per second; audio is paced by it. */
  VANG_EGRESS_BYTES_PER_SECOND: z.coerce.number().int().min(10_000).default(40_000_000),
});
type Settings = z.infer<typeof settings>;

export interface Config {
  readonly dataDir: string;
  readonly http: { readonly host: string; readonly port: number; readonly publicUrl: string | null };
  readonly roles: ReadonlySet<Role>;
  readonly databaseUrl: string | null;
  readonly mqtt: {
    readonly url: string | null;
    readonly publicUrl: string | null;
    readonly host: string;
    readonly port: number;
  };
  readonly ffmpegPath: string | null;
  readonly logLevel: Settings['VANG_LOG_LEVEL'];
  readonly demo: boolean;
  readonly firstAdministrator: { readonly login: string; readonly password: string } | null;
  readonly wishWindowMs: number;
  readonly egressBytesPerSecond: number;
}

/** One readable message that names every wrong variable; secrets' values are not repeated. */
export class ConfigProblem extends Error {
  override readonly name = 'ConfigProblem';
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readConfig(environment: Environment = process.env): Config {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(settings.shape)) {
    const file = environment[`${name}_FILE`];
    const direct = environment[name];
    if (file && direct) problems.push(`${name} and ${name}_FILE are both set: choose one`);
    try {
      // An empty variable is how many tools say "not set".
      const value = file ? readFileSync(file, 'utf8').trimEnd() : direct;
      if (value) values[name] = value;
    } catch {
      problems.push(`${name}_FILE cannot be read`);
    }
  }
  const parsed = settings.safeParse(values);
  for (const issue of parsed.success ? [] : parsed.error.issues)
    problems.push(`${issue.path.join('.')}: ${issue.message}`);
  if (parsed.success && !parsed.data.VANG_ADMIN_LOGIN !== !parsed.data.VANG_ADMIN_PASSWORD)
    problems.push('VANG_ADMIN_LOGIN and VANG_ADMIN_PASSWORD belong together');
  if (parsed.success && !parsed.data.DATABASE_URL && parsed.data.VANG_ROLES.size < ROLES.length)
    problems.push('VANG_ROLES: SQLite means exactly one process with all roles; set DATABASE_URL to divide them');
  if (parsed.success && !parsed.data.MQTT_URL && parsed.data.VANG_ROLES.size < ROLES.length)
    problems.push('VANG_ROLES: the embedded broker serves one process; set MQTT_URL to divide the roles');
  if (!parsed.success || problems.length > 0) throw new ConfigProblem(`Configuration: ${problems.join('; ')}`);
  return shape(parsed.data);
}

function shape(data: Settings): Config {
  return {
    dataDir: resolve(data.VANG_DATA),
    http: { host: data.VANG_HOST, port: data.VANG_PORT, publicUrl: data.VANG_PUBLIC_URL?.replace(/\/+$/, '') ?? null },
    roles: data.VANG_ROLES,
    databaseUrl: data.DATABASE_URL ?? null,
    mqtt: {
      url: data.MQTT_URL ?? null,
      publicUrl: data.VANG_MQTT_PUBLIC_URL ?? (data.MQTT_URL ? withoutCredentials(data.MQTT_URL) : null),
      host: data.VANG_MQTT_HOST,
      port: data.VANG_MQTT_PORT,
    },
    ffmpegPath: data.FFMPEG_PATH ?? null,
    logLevel: data.VANG_LOG_LEVEL,
    demo: data.VANG_DEMO,
    firstAdministrator:
      data.VANG_ADMIN_LOGIN && data.VANG_ADMIN_PASSWORD
        ? { login: data.VANG_ADMIN_LOGIN, password: data.VANG_ADMIN_PASSWORD }
        : null,
    wishWindowMs: data.VANG_WISH_WINDOW_MS,
    egressBytesPerSecond: data.VANG_EGRESS_BYTES_PER_SECOND,
  };
}

function withoutCredentials(address: string): string {
  const parsed = new URL(address);
  parsed.username = '';
  parsed.password = '';
  return parsed.toString();
}
