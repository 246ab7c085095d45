/** Set by `npm run test:long`: suites that have a short form run whole. */
export const LONG = process.env.VANG_TESTS === 'long';

/** Of what a suite would go through, its short form: every n-th, so that the choice is spread over the list. */
export const someOf = <T>(all: readonly T[], most: number): readonly T[] =>
  LONG ? all : all.filter((_, at) => at % Math.ceil(all.length / most) === 0);
