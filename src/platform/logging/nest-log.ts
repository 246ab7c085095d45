import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Nest's own messages, on our lines. Its routine ones (each route mapped, each module begun) are left out. */
export class NestLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(): void {}
  debug(): void {}
  verbose(): void {}

  warn(message: unknown, context?: unknown): void {
    this.target.warn({ context }, String(message));
  }

  error(message: unknown, ...more: unknown[]): void {
    this.target.error({ context: more.at(-1), stack: more.length > 1 ? more[0] : undefined }, String(message));
  }
}
