import { Controller, Get, Injectable, Res } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { type Actor, CurrentActor, Needs } from './actor.js';

type Sample = { readonly labels: Readonly<Record<string, string>>; readonly value: number };

/** Figures of this process in Prometheus' text format. Rooms hand in functions that are read when somebody asks. */
@Injectable()
export class Metrics {
  readonly #registry = new Registry();

  constructor() {
    collectDefaultMetrics({ register: this.#registry, prefix: 'vang_' });
  }

  /** A figure that only grows. `read` gives its totals. */
  counter(name: string, help: string, labels: readonly string[], read: () => readonly Sample[]): void {
    new Counter({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { labels: of, value } of read()) this.inc({ ...of }, value);
      },
    });
  }

  gauge(name: string, help: string, labels: readonly string[], read: () => readonly Sample[]): void {
    new Gauge({
      name,
      help,
      labelNames: [...labels],
      registers: [this.#registry],
      collect() {
        this.reset();
        for (const { labels: of, value } of read()) this.set({ ...of }, value);
      },
    });
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }
}

@ApiTags('service')
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  /** For Prometheus with a bearer token: figures tell of an installation what not everybody should know. */
  @Needs('account.manage')
  @Get()
  @ApiOkResponse({ description: "Prometheus' text format" })
  async read(@CurrentActor() actor: Actor, @Res({ passthrough: true }) response: Response): Promise<string> {
    actor.demand('account.manage', '/');
    response.type(this.metrics.contentType);
    return this.metrics.text();
  }
}
