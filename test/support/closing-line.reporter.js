import { mkdirSync, writeFileSync } from 'node:fs';

/** Ends a run with the line that CI reads, names what was skipped, and leaves the counts for `.ci/run` to add up. */
export default class ClosingLineReporter {
  onRunComplete(_contexts, results) {
    const skipped = results.numPendingTests + results.numTodoTests;
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const names = results.testResults.flatMap((suite) =>
      suite.testResults.filter((test) => test.status === 'pending').map((test) => test.fullName),
    );
    for (const name of names) process.stdout.write(`skipped: ${name}\n`);
    mkdirSync('.cache', { recursive: true });
    writeFileSync('.cache/jest-counts.json', JSON.stringify({ passed: results.numPassedTests, failed, skipped }));
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
  }
}
