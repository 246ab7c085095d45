import 'reflect-metadata';
import { boot } from './boot.js';
import { type Config, ConfigProblem, readConfig } from './config/index.js';
import { createLogger } from './platform/logging/index.js';
import { Interrupted, Lifeline } from './platform/process/index.js';

/** Ends the process if something does not stop: a supervisor would kill it less kindly. */
const STOP_WITHIN_MS = 20_000;

async function main(): Promise<void> {
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
    return;
  }
  const log = createLogger(config.logLevel);
  const life = new Lifeline(log);
  const stop = (signal: string) => {
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), STOP_WITHIN_MS).unref();
    void life.stop().then(() => {
      log.info({}, 'stopped');
      process.exit();
    });
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    await boot(config, log, life);
  } catch (error) {
    if (error instanceof Interrupted || life.stopping) return;
    log.error({ err: error }, 'could not start');
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    await life.stop();
    process.exit(1);
  }
}

await main();
