import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

/** `ten@xa.gov.vn` or `Đài truyền thanh <ten@xa.gov.vn>`. One address: nothing in it can start another header. */
const MAIL_ADDRESS = /^(?:([^<>"\p{Cc}]{1,100}?) *<([^\s<>@,;]+@[^\s<>@,;]+)>|([^\s<>@,;]+@[^\s<>@,;]+))$/u;
const mailAddress = z.string().transform((text, context) => {
  const [, name = '', bracketed, bare] = MAIL_ADDRESS.exec(text.trim()) ?? [];
  const address = bracketed ?? bare;
  if (address) return { name: name.trim(), address };
  context.addIssue({ code: 'custom', message: 'must be an e-mail address, or a name and one in angle brackets' });
  return z.NEVER;
});

const accent = z.enum(['north', 'central', 'south']);
/** Voices beside espeak-ng, which is always there. The first with a language is its usual voice. */
const speechDriver = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('piper'),
    executable: z.string().min(1),
    model: z.string().min(1),
    mode: z.enum(['perText', 'kept']).optional(),
  }),
  z.strictObject({
    kind: z.literal('http'),
    url: url(['http:', 'https:']),
    headers: z.record(z.string(), z.string()).optional(),
    voices: z
      .array(
        z.strictObject({
          id: z.string().min(1).max(64),
          language: z.string().regex(/^[a-z]{2,3}$/),
          name: z.string().min(1).max(100),
          accent: accent.optional(),
        }),
      )
      .min(1),
    version: z.string().max(64).optional(),
  }),
]);
const speechDrivers = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a JSON list' });
      return z.NEVER;
    }
  })
  .pipe(z.array(speechDriver).max(10));

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
  /** Port for MQTT over WebSocket (path `/mqtt`) of the embedded broker, for SIMs that let nothing else out; default: none. */
  VANG_MQTT_WS_PORT: port.optional(),
  /** Paths of PEM files (certificate with its chain, private key): the embedded broker then speaks TLS to devices. */
  VANG_MQTT_TLS_CERT: z.string().min(1).optional(),
  VANG_MQTT_TLS_KEY: z.string().min(1).optional(),
  /** The same for HTTP; behind a proxy that has the certificate, leave them out. */
  VANG_HTTP_TLS_CERT: z.string().min(1).optional(),
  VANG_HTTP_TLS_KEY: z.string().min(1).optional(),
  /** How the broker of MQTT_URL learns what each device may do (docs/brokers.md). */
  VANG_BROKER_ACCESS: z.enum(['none', 'dynamic-security', 'http']).default('none'),
  /** With `dynamic-security`: who may administer Mosquitto's plugin of that name. */
  VANG_BROKER_ADMIN_USER: z.string().min(1).max(200).optional(),
  VANG_BROKER_ADMIN_PASSWORD: z.string().min(12).max(200).optional(),
  /** With `http`: what EMQX or RabbitMQ must show when it asks. 256 random bits in base64url, so that no log keeps it. */
  VANG_BROKER_SECRET: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, 'must be 32 random bytes in base64url (43 letters)')
    .optional(),
  FFMPEG_PATH: z.string().min(1).optional(),
  /** Further voices as a JSON list; best in a file (VANG_VOICES_FILE), because it may hold a secret. */
  VANG_VOICES: speechDrivers.optional(),
  VANG_LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** Creates a demo database: counts only when the database is created (invariant 13). */
  VANG_DEMO: flag.default(false),
  /** First administrator, made when there is no account yet; else one is made by POST /api/setup with the code of the log. */
  VANG_ADMIN_LOGIN: z.string().min(3).max(64).optional(),
  VANG_ADMIN_PASSWORD: z.string().min(10).max(200).optional(),
  /** How long the merging of wishes for audio waits for more devices, ms. */
  VANG_WISH_WINDOW_MS: z.coerce.number().int().min(0).max(60_000).default(1_500),
  /** What the service's own line may carry of audio, bytes per second; without it, whatever is taken. */
  VANG_EGRESS_BYTES_PER_SECOND: z.coerce.number().int().min(10_000).optional(),
  /** How many bytes of audio may be on their way to the broker without its word that it has them. */
  VANG_EGRESS_IN_FLIGHT_BYTES: z.coerce.number().int().min(65_536).default(1_048_576),
  /** Raw telemetry and events of devices are kept so many days; their daily figures for ever. */
  VANG_TELEMETRY_DAYS: z.coerce.number().int().min(2).max(3_650).default(90),
  /**
   * Signed receipts may leave the database for an archive file so many days after they came; default: never. Not before 90: devices send what they
   * keep (30 days) again.
   */
  VANG_RECEIPT_DAYS: z.coerce.number().int().min(90).max(36_500).optional(),
  /** The same for who answered for a hamlet; what they answered stays. */
  VANG_CONFIRMATION_DAYS: z.coerce.number().int().min(90).max(36_500).optional(),
  /** A device that is offline for so many hours is a fault. */
  VANG_OFFLINE_FAULT_HOURS: z.coerce.number().int().min(1).max(720).default(24),
  /** Mail server for notices, `smtps://user:password@host:465` or `smtp://…:587`; without it no e-mail is sent. */
  VANG_SMTP_URL: url(['smtp:', 'smtps:']).optional(),
  /** Sender of those mails. */
  VANG_MAIL_FROM: mailAddress.optional(),
  /** Lets Web Push endpoints lie in private networks and speak plain HTTP: for closed networks with a push server of their own. */
  VANG_PUSH_PRIVATE_ENDPOINTS: flag.default(false),
});
type Settings = z.infer<typeof settings>;

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

export type BrokerAccess =
  | { readonly kind: 'none' }
  | { readonly kind: 'dynamic-security'; readonly admin: { readonly username: string; readonly password: string } }
  | { readonly kind: 'http'; readonly secret: string };

export interface Config {
  readonly dataDir: string;
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly publicUrl: string | null;
    readonly tls: TlsFiles | null;
  };
  readonly roles: ReadonlySet<Role>;
  readonly databaseUrl: string | null;
  readonly mqtt: {
    readonly url: string | null;
    readonly publicUrl: string | null;
    readonly host: string;
    readonly port: number;
    readonly webSocketPort: number | null;
    readonly tls: TlsFiles | null;
    readonly access: BrokerAccess;
  };
  readonly ffmpegPath: string | null;
  readonly voices: readonly z.infer<typeof speechDriver>[];
  readonly logLevel: Settings['VANG_LOG_LEVEL'];
  readonly demo: boolean;
  readonly firstAdministrator: { readonly login: string; readonly password: string } | null;
  readonly wishWindowMs: number;
  readonly egressBytesPerSecond: number | null;
  readonly egressInFlightBytes: number;
  readonly fleet: {
    readonly telemetryKeepMs: number;
    readonly offlineFaultAfterMs: number;
    readonly powerFaultAfterMs: number;
    readonly timeFaultAfterMs: number;
  };
  readonly retention: {
    /** Null: for ever. */
    readonly receiptDays: number | null;
    readonly confirmationDays: number | null;
    /** Where archives lie. */
    readonly folder: string;
  };
  readonly mail: {
    readonly smtpUrl: string;
    readonly from: { readonly name: string; readonly address: string };
  } | null;
  readonly pushToPrivateEndpoints: boolean;
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
  if (parsed.success && !parsed.data.VANG_SMTP_URL !== !parsed.data.VANG_MAIL_FROM)
    problems.push('VANG_SMTP_URL and VANG_MAIL_FROM belong together');
  if (parsed.success) problems.push(...brokerProblems(parsed.data));
  if (parsed.success && !parsed.data.DATABASE_URL && parsed.data.VANG_ROLES.size < ROLES.length)
    problems.push('VANG_ROLES: SQLite means exactly one process with all roles; set DATABASE_URL to divide them');
  if (parsed.success && !parsed.data.MQTT_URL && parsed.data.VANG_ROLES.size < ROLES.length)
    problems.push('VANG_ROLES: the embedded broker serves one process; set MQTT_URL to divide the roles');
  if (!parsed.success || problems.length > 0) throw new ConfigProblem(`Configuration: ${problems.join('; ')}`);
  return shape(parsed.data);
}

function brokerProblems(data: Settings): string[] {
  const problems: string[] = [];
  for (const door of ['HTTP', 'MQTT'] as const)
    if (!data[`VANG_${door}_TLS_CERT`] !== !data[`VANG_${door}_TLS_KEY`])
      problems.push(`VANG_${door}_TLS_CERT and VANG_${door}_TLS_KEY belong together`);
  const embedded = !data.MQTT_URL;
  if (!embedded && (data.VANG_MQTT_TLS_CERT || data.VANG_MQTT_WS_PORT !== undefined))
    problems.push(
      'VANG_MQTT_TLS_CERT and VANG_MQTT_WS_PORT are for the embedded broker: set them at the one of MQTT_URL',
    );
  const { VANG_BROKER_ACCESS: access } = data;
  if (embedded && access !== 'none')
    problems.push('VANG_BROKER_ACCESS is for the broker of MQTT_URL; the embedded one needs none');
  const admin = !!data.VANG_BROKER_ADMIN_USER && !!data.VANG_BROKER_ADMIN_PASSWORD;
  if (access === 'dynamic-security' && !admin)
    problems.push('VANG_BROKER_ADMIN_USER and VANG_BROKER_ADMIN_PASSWORD are needed with dynamic-security');
  if (access === 'dynamic-security' && data.MQTT_URL && !new URL(data.MQTT_URL).username)
    problems.push('MQTT_URL: dynamic-security needs a user and a password of the service in it');
  if (access === 'http' && !data.VANG_BROKER_SECRET) problems.push('VANG_BROKER_SECRET is needed with http');
  return problems;
}

const tlsFiles = (cert: string | undefined, key: string | undefined): TlsFiles | null =>
  cert && key ? { certFile: resolve(cert), keyFile: resolve(key) } : null;

function brokerAccess(data: Settings): BrokerAccess {
  const { VANG_BROKER_ADMIN_USER: username = '', VANG_BROKER_ADMIN_PASSWORD: password = '' } = data;
  if (data.VANG_BROKER_ACCESS === 'dynamic-security')
    return { kind: 'dynamic-security', admin: { username, password } };
  return data.VANG_BROKER_ACCESS === 'http'
    ? { kind: 'http', secret: data.VANG_BROKER_SECRET ?? '' }
    : { kind: 'none' };
}

function shape(data: Settings): Config {
  return {
    dataDir: resolve(data.VANG_DATA),
    http: {
      host: data.VANG_HOST,
      port: data.VANG_PORT,
      publicUrl: data.VANG_PUBLIC_URL?.replace(/\/+$/, '') ?? null,
      tls: tlsFiles(data.VANG_HTTP_TLS_CERT, data.VANG_HTTP_TLS_KEY),
    },
    roles: data.VANG_ROLES,
    databaseUrl: data.DATABASE_URL ?? null,
    mqtt: {
      url: data.MQTT_URL ?? null,
      publicUrl: data.VANG_MQTT_PUBLIC_URL ?? (data.MQTT_URL ? withoutCredentials(data.MQTT_URL) : null),
      host: data.VANG_MQTT_HOST,
      port: data.VANG_MQTT_PORT,
      webSocketPort: data.VANG_MQTT_WS_PORT ?? null,
      tls: tlsFiles(data.VANG_MQTT_TLS_CERT, data.VANG_MQTT_TLS_KEY),
      access: brokerAccess(data),
    },
    ffmpegPath: data.FFMPEG_PATH ?? null,
    voices: data.VANG_VOICES ?? [],
    logLevel: data.VANG_LOG_LEVEL,
    demo: data.VANG_DEMO,
    firstAdministrator:
      data.VANG_ADMIN_LOGIN && data.VANG_ADMIN_PASSWORD
        ? { login: data.VANG_ADMIN_LOGIN, password: data.VANG_ADMIN_PASSWORD }
        : null,
    wishWindowMs: data.VANG_WISH_WINDOW_MS,
    egressBytesPerSecond: data.VANG_EGRESS_BYTES_PER_SECOND ?? null,
    egressInFlightBytes: data.VANG_EGRESS_IN_FLIGHT_BYTES,
    fleet: {
      telemetryKeepMs: data.VANG_TELEMETRY_DAYS * 86_400_000,
      offlineFaultAfterMs: data.VANG_OFFLINE_FAULT_HOURS * 3_600_000,
      // Most cuts end by themselves, and no device is without the time for long.
      powerFaultAfterMs: 12 * 3_600_000,
      timeFaultAfterMs: 3_600_000,
    },
    retention: {
      receiptDays: data.VANG_RECEIPT_DAYS ?? null,
      confirmationDays: data.VANG_CONFIRMATION_DAYS ?? null,
      folder: join(resolve(data.VANG_DATA), 'archives'),
    },
    mail: data.VANG_SMTP_URL && data.VANG_MAIL_FROM ? { smtpUrl: data.VANG_SMTP_URL, from: data.VANG_MAIL_FROM } : null,
    pushToPrivateEndpoints: data.VANG_PUSH_PRIVATE_ENDPOINTS,
  };
}

function withoutCredentials(address: string): string {
  const parsed = new URL(address);
  parsed.username = '';
  parsed.password = '';
  return parsed.toString();
}
