import { Inject, Injectable } from '@nestjs/common';
import {
  type EmbeddedBroker,
  type Overrun,
  RateLimit,
  type Violation,
  type WrongPassword,
} from '../../platform/broker/index.js';
import { EMBEDDED_BROKER } from '../../platform/broker/token.js';
import { Clock } from '../../platform/clock/index.js';
import { Refusals } from '../alarms/refusals.js';
import { overrunAlarm, violationAlarm } from '../alarms/violations.js';

/** A box with a bad line takes over its own dead session now and then; two that put each other out do it all the time. */
const MOST_TAKEOVERS = 6;

/** What the embedded broker has to say against devices becomes alarms about them. */
@Injectable()
export class BrokerWatch {
  readonly #takeovers = new RateLimit(MOST_TAKEOVERS);

  constructor(
    private readonly refusals: Refusals,
    private readonly clock: Clock,
    @Inject(EMBEDDED_BROKER) private readonly broker: EmbeddedBroker | null,
  ) {}

  start(): void {
    this.broker?.on('violation', this.#violation);
    this.broker?.on('takenOver', this.#takenOver);
    this.broker?.on('overrun', this.#overrun);
    this.broker?.on('wrongPassword', this.#wrongPassword);
  }

  /** What it said so far is written. */
  async stop(): Promise<void> {
    this.broker?.off('violation', this.#violation);
    this.broker?.off('takenOver', this.#takenOver);
    this.broker?.off('overrun', this.#overrun);
    this.broker?.off('wrongPassword', this.#wrongPassword);
    await this.refusals.flush();
  }

  readonly #violation = ({ username, kind, topic }: Violation): void => {
    this.refusals.tell({ controllerId: username, ...violationAlarm(kind, topic) });
  };

  readonly #takenOver = ({ username }: { username: string }): void => {
    if (this.#takeovers.allow(username, this.clock.monotonicMs())) return;
    const detail = `sessions put each other out more than ${MOST_TAKEOVERS} times a minute`;
    this.refusals.tell({ code: 'device.cloned', controllerId: username, detail });
  };

  readonly #overrun = (overrun: Overrun): void => {
    this.refusals.tell({ controllerId: overrun.username, ...overrunAlarm(overrun) });
  };

  readonly #wrongPassword = ({ username, logins }: WrongPassword): void => {
    const detail = 'MQTT: wrong password';
    this.refusals.failed({ code: 'device.loginRefused', controllerId: username, detail, times: logins });
  };
}
