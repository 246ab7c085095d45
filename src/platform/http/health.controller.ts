import { Controller, Get, Injectable, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Public } from './actor.js';

/** What must be true before work is sent here. Rooms register their own check; a check answers quickly or fails. */
@Injectable()
export class Readiness {
  readonly #checks = new Map<string, () => boolean | Promise<boolean>>();

  register(name: string, check: () => boolean | Promise<boolean>): void {
    this.#checks.set(name, check);
  }

  async look(): Promise<{ readonly ready: boolean; readonly parts: Readonly<Record<string, boolean>> }> {
    const parts = await Promise.all(
      [...this.#checks].map(async ([name, check]) => {
        try {
          return [name, await check()] as const;
        } catch {
          return [name, false] as const;
        }
      }),
    );
    return { ready: parts.every(([, fine]) => fine), parts: Object.fromEntries(parts) };
  }
}

@ApiTags('service')
@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** The process is alive. */
  @Public('probes have no account')
  @Get('healthz')
  alive(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Database and broker answer: 200, else 503. Says which, nothing else. */
  @Public('probes have no account')
  @Get('readyz')
  async ready(@Res({ passthrough: true }) response: Response) {
    const state = await this.readiness.look();
    response.status(state.ready ? 200 : 503);
    return state;
  }
}
