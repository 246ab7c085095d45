import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { keySet } from '../../../devices/protocol/index.js';
import type { Clock } from '../clock/index.js';
import { KeySetProblem } from './engine/key-set.js';
import { KeyDesk, type ShownSet } from './key-desk.js';
import { KEY_AHEAD_MS } from './key-ring.js';

const DAY_MS = 86_400_000;

export const KEYS_HELP = `npm run keys -- show
npm run keys -- add [--scope AREA,AREA] [--from DATE] [--until DATE] [--public-key LETTERS]
npm run keys -- retire KID --at DATE
npm run keys -- revoke KID
  --data FOLDER  data folder of the service (VANG_DATA)
  --root FILE    the root key (keys/root.key of that folder)
  --scope        ids of areas, each with all below it (* is all)
  DATE           2027-01-31, or 2027-01-31T08:00:00+07:00; a day alone begins at 00:00 in Viet Nam
  KID            its first letters, as show prints them
The service takes the new set when it is started again. docs/administration.md says when to do which.`;

const when = z.string().transform((text, context) => {
  const ms = Date.parse(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00+07:00` : text);
  if (/^\d{4}-\d\d-\d\d(T|$)/.test(text) && !Number.isNaN(ms)) return ms;
  context.addIssue(`${text} is no date`);
  return z.NEVER;
});
const row = keySet.shape.keys.element.shape;
const kid = z.string({ error: 'which key? give its first letters' }).min(1).max(64);
const common = { data: z.string().min(1).optional(), root: z.string().min(1).optional() };

const order = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('show'), ...common }),
  z.strictObject({
    what: z.literal('add'),
    ...common,
    scope: z
      .string()
      .default('*')
      .transform((text) => text.split(','))
      .pipe(row.scope),
    from: when.optional(),
    until: when.optional(),
    'public-key': row.publicKey.optional(),
  }),
  z.strictObject({ what: z.literal('retire'), ...common, kid, at: when }),
  z.strictObject({ what: z.literal('revoke'), ...common, kid }),
]);
type Order = z.infer<typeof order>;

const FLAGS = Object.fromEntries(
  ['data', 'root', 'scope', 'from', 'until', 'public-key', 'at'].map((name) => [name, { type: 'string' as const }]),
);

const isFlag = (word: string | undefined): boolean =>
  word?.startsWith('--') === true && (word.slice(2).split('=')[0] as string) in FLAGS;

/** Throws a KeySetProblem that says what is wrong. */
export function parseKeys(argv: readonly string[]): Order {
  try {
    const [what, ...args] = argv;
    // One key in 64 begins with a dash, which parseArgs would take for a flag.
    const first = (what === 'retire' || what === 'revoke') && !isFlag(args[0]) ? args.shift() : undefined;
    const { values, positionals } = parseArgs({ args, options: FLAGS, allowPositionals: true });
    const [name, ...more] = first === undefined ? positionals : [first, ...positionals];
    if (more.length > 0) throw new KeySetProblem(`too much: ${more.join(' ')}`);
    const parsed = order.safeParse({ what, ...(name === undefined ? {} : { kid: name }), ...values });
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new KeySetProblem(problems.join('; '));
  } catch (error) {
    throw error instanceof KeySetProblem
      ? error
      : new KeySetProblem(error instanceof Error ? error.message : String(error));
  }
}

/** @returns what to print */
export async function runKeys(asked: Order, folder: string, clock: Clock): Promise<string[]> {
  const desk = new KeyDesk(folder, clock, asked.root);
  const done = `Start the service again, so that devices hear of it. Copy ${folder} to where its backup is.`;
  switch (asked.what) {
    case 'show':
      return tell(await desk.show(), folder);
    case 'add': {
      const fromMs = asked.from ?? clock.nowMs() - KEY_AHEAD_MS;
      const untilMs = asked.until ?? clock.nowMs() + 3 * 365 * DAY_MS;
      const publicKey = asked['public-key'];
      const added = { fromMs, untilMs, scope: asked.scope, ...(publicKey ? { publicKey } : {}) };
      return [...tell(await desk.add(added), folder), done];
    }
    case 'retire':
      return [...tell(await desk.retire(asked.kid, asked.at), folder), done];
    case 'revoke':
      return [...tell(await desk.revoke(asked.kid), folder), done];
  }
}

function tell({ version, root, rootIsHere, keys }: ShownSet, folder: string): string[] {
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 16);
  return [
    `key set ${version} of ${folder}, root ${root}`,
    ...keys.map(({ kid: name, from, until, scope, held, signs }) => {
      const use = signs ? 'signs now' : held ? 'is here' : 'is elsewhere';
      return `${name}  ${day(from)} … ${day(until)} UTC  ${scope.join(',')}  ${use}`;
    }),
    ...(rootIsHere
      ? [`${join(folder, 'root.key')} is still on this machine: copy it to two sticks and remove it`]
      : []),
  ];
}
