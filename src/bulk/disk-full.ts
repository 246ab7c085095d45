/** From the file system, from SQLite, and from TypeORM around it. */
export function isDiskFull(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  if ('code' in error && (error.code === 'ENOSPC' || error.code === 'SQLITE_FULL')) return true;
  return 'driverError' in error && isDiskFull(error.driverError);
}
