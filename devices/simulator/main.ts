import { createInterface } from 'node:readline';
import { Fleet } from './fleet.js';
import { command, fleetConfig } from './stdio.js';

/**
 * `node dist/devices/simulator/main.js ['{"devices":[…]}']`: the configuration is the argument or, without one, the first
 * line of stdin; every further line is a command. The end of stdin stops the fleet, so it never outlives who started it.
 */
const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY });
let fleet: Fleet | null = null;

function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function begin(text: string): void {
  const parsed = fleetConfig.safeParse(parse(text));
  if (!parsed.success) {
    write({ event: 'problem', detail: `configuration: ${parsed.error.message}` });
    process.exitCode = 2;
    lines.close();
    return;
  }
  fleet = new Fleet(parsed.data, { tell: write });
  void fleet.start();
}

function take(line: string): void {
  if (line.trim() === '') return;
  if (!fleet) {
    begin(line);
    return;
  }
  const parsed = command.safeParse(parse(line));
  if (!parsed.success) write({ event: 'problem', detail: `not a command: ${line.slice(0, 200)}` });
  else if (parsed.data.cmd === 'stop') lines.close();
  else fleet.obey(parsed.data);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

lines.on('line', take);
lines.on('close', () => {
  if (fleet) {
    fleet.stop();
    write({ event: 'stats', ...fleet.stats });
  }
  // Sockets that are still dying must not hold the process; the callback comes once the line is out.
  process.stdout.write(`${JSON.stringify({ event: 'stopped' })}\n`, () => process.exit());
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => lines.close());
// Whoever read our lines is gone.
process.stdout.on('error', () => process.exit(1));

const [, , argument] = process.argv;
if (argument !== undefined) begin(argument);
