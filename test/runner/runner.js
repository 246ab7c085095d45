import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const FLAGS = ['--enable-source-maps', '--disable-warning=ExperimentalWarning', '--import', here('./typescript.js')];

/**
 * Runs specifications with Jest's own circus, but as Node runs any module and without a realm of its own for each file: what a worker
 * has loaded and compiled once (TypeORM, Nest, our rooms) serves all files that it runs. With realms, most of the time went into that.
 */
export default class Runner {
  constructor(globalConfig) {
    this.globalConfig = globalConfig;
  }

  async runTests(tests, watcher, onStart, onResult, onFailure) {
    const { maxWorkers } = this.globalConfig;
    const worker = new Worker(here('./worker.js'), {
      exposedMethods: ['runFile'],
      forkOptions: { execArgv: FLAGS, stdio: 'inherit' },
      maxRetries: 0,
      numWorkers: maxWorkers,
    });
    const left = [...tests];
    const runOne = async (test) => {
      if (watcher.isInterrupted()) return;
      await onStart(test);
      try {
        await onResult(test, await worker.runFile(test.path, this.globalConfig, test.context.config));
      } catch (error) {
        await onFailure(test, error);
      }
    };
    const runAll = async () => {
      for (let test = left.shift(); test; test = left.shift()) await runOne(test);
    };
    await Promise.all(Array.from({ length: maxWorkers }, runAll));
    await worker.end();
  }
}
