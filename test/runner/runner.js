import { fileURLToPath } from 'node:url';
import { Worker } from 'jest-worker';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
/** They wait for sound, programs and browsers most of their time: half of the workers begin with them, beside what computes. */
const WHOLE_SYSTEM = /[\\/]test[\\/](e2e|browser)[\\/]/;
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
    const isWhole = ({ path }) => WHOLE_SYSTEM.test(path);
    const piles = [tests.filter(isWhole), tests.filter((test) => !isWhole(test))];
    const runOne = async (test) => {
      if (watcher.isInterrupted()) return;
      await onStart(test);
      try {
        await onResult(test, await worker.runFile(test.path, this.globalConfig, test.context.config));
      } catch (error) {
        await onFailure(test, error);
      }
    };
    const runAll = async (lane) => {
      const [first, then] = lane % 2 === 0 ? piles : piles.toReversed();
      for (let test = first.shift() ?? then.shift(); test; test = first.shift() ?? then.shift()) await runOne(test);
    };
    await Promise.all(Array.from({ length: maxWorkers }, (_, lane) => runAll(lane)));
    await worker.end();
  }
}
