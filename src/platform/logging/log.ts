/** What platform code needs of a logger: fields first, then a fixed sentence. pino satisfies it. */
export interface Log {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** Injection token of the process's logger. */
export const LOG = Symbol('Log');
