const LONG = process.env.VANG_TESTS === 'long';

/** Unit specs stand beside the code, whole-system specs under test/. Everything runs as ESM, as in production. */
export default {
  runner: '<rootDir>/test/runner/runner.js',
  testMatch: ['**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/', ...(LONG ? [] : ['\\.long\\.spec\\.ts$'])],
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  // Whole-system specs wait for sound and programs most of their time, so two cores carry four workers.
  maxWorkers: 4,
  testTimeout: 60_000,
  globalSetup: '<rootDir>/test/support/run/begin.js',
  globalTeardown: '<rootDir>/test/support/run/end.js',
  reporters: ['default', '<rootDir>/test/support/closing-line.reporter.js'],
};
