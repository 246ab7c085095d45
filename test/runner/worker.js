import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { createEmptyTestResult } from '@jest/test-result';
import { addEventHandler, getState, resetState, run } from 'jest-circus';
import { formatExecError, formatResultsErrors } from 'jest-message-util';
import { putBack } from './globals.js';

/** What nobody caught when no file ran: a file before left it behind. */
const leftBehind = [];
let running = false;

/** Runs the specifications of a file as Node runs any module. @returns what Jest's reporters read */
export async function runFile(path, globalConfig, config) {
  resetState();
  getState().unhandledErrors.push(...leftBehind.splice(0));
  running = true;
  const { testNamePattern, testTimeout, maxConcurrency, expand } = globalConfig;
  Object.assign(getState(), {
    ...{ maxConcurrency, expand },
    testTimeout: testTimeout ?? config.testTimeout ?? 5_000,
    testNamePattern: testNamePattern ? new RegExp(testNamePattern, 'i') : null,
  });
  const start = Date.now();
  const { testResults, unhandledErrorsDetailed } = await loadAndRun(path);
  const end = Date.now();
  const results = testResults.map(assertionOf);
  const count = (status) => results.filter((result) => result.status === status).length;
  const beside = unhandledErrorsDetailed.map((error) => formatExecError(error, config, globalConfig)).join('\n');
  return {
    ...createEmptyTestResult(),
    failureMessage:
      [formatResultsErrors(results, config, globalConfig, path), beside].filter(Boolean).join('\n') || null,
    numFailingTests: count('failed'),
    numPassingTests: count('passed'),
    numPendingTests: count('pending'),
    numTodoTests: count('todo'),
    perfStats: {
      ...createEmptyTestResult().perfStats,
      start,
      end,
      runtime: end - start,
      slow: end - start > config.slowTestThreshold * 1_000,
    },
    testExecError: beside === '' ? undefined : { message: '', stack: beside },
    testFilePath: path,
    testResults: results,
  };
}

async function loadAndRun(path) {
  try {
    await import(pathToFileURL(path).href);
    return await run();
  } finally {
    running = false;
    putBack();
  }
}

function assertionOf({ testPath, status, duration, errors, errorsDetailed, invocations, numPassingAsserts }) {
  const [, ...names] = testPath;
  return {
    ancestorTitles: names.slice(0, -1),
    title: names.at(-1),
    fullName: names.join(' '),
    status: status === 'skip' ? 'pending' : status === 'done' ? (errors.length > 0 ? 'failed' : 'passed') : status,
    duration,
    failureDetails: errorsDetailed.map(({ message, stack }) => ({ message, stack })),
    failureMessages: [...errors],
    invocations,
    numPassingAsserts,
    location: null,
  };
}

/** What nobody catches fails the test that runs, or else its file, or else the next one. @returns takes it back */
function uncaught(error) {
  const { currentlyRunningTest, unhandledErrors } = getState();
  const errors = running ? (currentlyRunningTest?.errors ?? unhandledErrors) : leftBehind;
  const caught = [error instanceof Error ? error : new Error(String(error)), new Error('nobody catches this')];
  errors.push(caught);
  return () => errors.splice(errors.indexOf(caught) >>> 0, 1);
}

const aTurnLater = promisify(setImmediate); // before anybody fakes it

/** Whoever catches a rejection a little late has caught it; Node says so, and also what nobody caught, at the end of the turn. */
addEventHandler(async ({ name }) => {
  if (name === 'test_fn_success' || name === 'test_fn_failure') await aTurnLater();
});
const rejections = new WeakMap();
process.on('uncaughtException', uncaught);
process.on('unhandledRejection', (error, promise) => rejections.set(promise, uncaught(error)));
process.on('rejectionHandled', (promise) => rejections.get(promise)?.());
