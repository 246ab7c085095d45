import { parseArgs } from 'node:util';

export interface DemoOptions {
  /** Do the whole loop without a browser and end. */
  readonly once: boolean;
  /** End with one JSON line; everything else goes to stderr. */
  readonly json: boolean;
  /** How many simulated controllers stay off. */
  readonly offline: number;
  readonly port: number;
  /** Where the evidence pack of the plan line is written; null: none is made. */
  readonly pack: string | null;
}

export function readOptions(argv: readonly string[]): DemoOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      fault: { type: 'string' },
      pack: { type: 'string' },
      port: { type: 'string', default: '8080' },
    },
  });
  const fault = values.fault === undefined ? 0 : Number(/^offline=(\d{1,2})$/.exec(values.fault)?.[1] ?? Number.NaN);
  const port = Number(values.port);
  if (Number.isNaN(fault) || fault > 95) throw new Error('--fault takes offline=N with N from 1 to 95');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error('--port takes a number from 0 to 65535');
  return { once: values.once, json: values.json, offline: fault, port, pack: values.pack ?? null };
}
