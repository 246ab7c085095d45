import { join } from 'node:path';
import { ApiClient } from './api-client.js';
import { DEMO_PASSWORD, LOGINS } from './load.js';
import { Program } from './processes.js';

/** The service as anyone starts it, on embedded defaults, with a fresh demo database. */
export class DemoService {
  readonly #program: Program;
  #url = '';

  constructor(
    folder: string,
    ports: { readonly http: number; readonly mqtt: number },
    more: Readonly<Record<string, string>> = {},
    /** Another program that is the service and something else. */
    script = 'src/main.js',
  ) {
    this.#program = new Program(script, [], {
      VANG_DATA: join(folder, 'service'),
      VANG_PORT: String(ports.http),
      VANG_MQTT_PORT: String(ports.mqtt),
      VANG_DEMO: 'true',
      VANG_ADMIN_LOGIN: LOGINS.administrator,
      VANG_ADMIN_PASSWORD: DEMO_PASSWORD,
      // As docs/administration.md advises for a small machine.
      MALLOC_ARENA_MAX: '2',
      ...more,
    });
  }

  /** @param withinMs more than enough for a machine that does little else */
  async ready(withinMs = 30_000): Promise<string> {
    const line = await this.#program.waitFor((each) => each.msg === 'ready', 'start of the service', withinMs);
    this.#url = String(line.httpUrl);
    return this.#url;
  }

  logIn(login: string): Promise<ApiClient> {
    return new ApiClient(this.#url).logIn(login, DEMO_PASSWORD);
  }

  /** Payload bytes of audio that the service sent to the broker. */
  async audioBytesUploaded(administrator: ApiClient): Promise<number> {
    const text = await administrator.text('/metrics');
    const value = /^vang_mqtt_published_bytes_total\{content="audio"\} (\d+)/m.exec(text)?.[1];
    return Number(value ?? 0);
  }

  peakMemoryMb(): Promise<number | null> {
    return this.#program.peakMemoryMb();
  }

  /** Settles when the process has ended; with its exit code. */
  exited(): Promise<number | null> {
    return new Promise((resolve) => this.#program.once('exit', resolve));
  }

  /** To a program that listens to more than signals. */
  send(command: object): void {
    this.#program.send(command);
  }

  kill(): Promise<void> {
    return this.#program.kill();
  }

  async stop(): Promise<void> {
    await this.#program.stop(25_000);
  }
}
