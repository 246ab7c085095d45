/** The program uses the database wrongly, or at the wrong time. Never shown to users: it is ours to repair. */
export class DatabaseUseError extends Error {
  override readonly name = 'DatabaseUseError';
}

/** An administrator has to act: the place cannot be opened as asked. The message says what to do. */
export class DatabasePlaceError extends Error {
  override readonly name = 'DatabasePlaceError';
}

/** SQLSTATE of a PostgreSQL failure, however deep it is wrapped. */
export function sqlState(error: unknown): string | undefined {
  type Failure = { code?: unknown; driverError?: Failure; cause?: Failure } | null | undefined;
  for (let at = error as Failure, depth = 0; at && depth < 5; at = at.cause, depth++) {
    for (const { code } of [at, at.driverError ?? {}]) {
      if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) return code;
    }
  }
  return undefined;
}
