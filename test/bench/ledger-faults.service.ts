import 'reflect-metadata';
import { createInterface } from 'node:readline';
import { assemblePlatform } from '../../src/assemble.js';
import { boot } from '../../src/boot.js';
import { readConfig } from '../../src/config/index.js';
import { SystemClock } from '../../src/platform/clock/index.js';
import { createLogger } from '../../src/platform/logging/index.js';
import { Lifeline } from '../../src/platform/process/index.js';
import { CheckpointClock, GapClock, TailClock } from '../../src/receipts/index.js';

/**
 * The whole service, with a clock that can be set ahead: the service asks for what is missing after ten minutes, and again after a day.
 * `{"cmd":"later","ms":…}` lets so much time pass, and what looks each minute looks.
 */
class ClockAhead extends SystemClock {
  #aheadMs = Number(process.env.BENCH_AHEAD_MS ?? 0);

  override nowMs(): number {
    return super.nowMs() + this.#aheadMs;
  }

  later(ms: number): void {
    this.#aheadMs += ms;
  }
}

const config = readConfig();
const log = createLogger(config.logLevel);
const life = new Lifeline(log);
const clock = new ClockAhead();
process.once('SIGTERM', () => void life.stop().then(() => process.exit()));
const { rooms } = await boot(config, log, life, assemblePlatform(config, log, clock));
createInterface({ input: process.stdin })
  .on('close', () => process.exit())
  .on('line', (line) => {
    const { ms } = JSON.parse(line) as { cmd: 'later'; ms: number };
    clock.later(ms);
    rooms.get(GapClock).tickSoon();
    rooms.get(TailClock).tickSoon();
    rooms.get(CheckpointClock).tickSoon();
  });
