import { join } from 'node:path';
import {
  type Command,
  type CommandBody,
  type CommandStatus,
  commandStatus,
  type DeviceReport,
  type DeviceState,
  deviceReport,
  deviceState,
  type PlannedPlay,
  planSynced,
  type ReportCode,
  topics,
} from '../protocol/index.js';
import { ControllerProgram } from './controller.js';
import type { Gate } from './gate.js';
import type { Heard } from './station/heard-log.js';
import type { SigningKey } from './station/keys.js';
import type { Arrived } from './station/ledger.js';
import type { Fault } from './station/shelf.js';
import type { Station } from './station/station.js';
import { toneOf } from './station/tone.js';
import { Breach, NotTried, type Profile } from './verdict.js';

/** What a controller may take to answer anything that it answers at once. */
export const SLACK_MS = 6_000;
/** A start is planned so long ahead, and what the controller needed to fetch its first plan on top of it. */
const LEAD_MS = 1_200;

export interface Launch {
  /** Absent: a person starts the controller, and nobody can cut its power. */
  readonly command: string | null;
  /** Where the data folders of the controller are. */
  readonly folder: string;
}

export type PlaySketch = Partial<Omit<PlannedPlay, 'audio' | 'play'>> & {
  readonly durationMs?: number;
  readonly audio?: PlannedPlay['audio'];
};

/** What a clause does with the station and the controller. */
export class Kit {
  leadMs = LEAD_MS;
  /** What the controller was last told its volume is. */
  volumePercent = 100;
  /** Opens once every clause of the opening is ready for the time to be known. */
  gate: Gate | null = null;
  #controller: ControllerProgram | null = null;
  #named = 0;
  readonly #once = new Map<string, Promise<unknown>>();

  constructor(
    readonly station: Station,
    readonly profile: Profile,
    private readonly launch: Launch,
  ) {}

  get device(): string {
    return this.station.device;
  }

  get now(): number {
    return this.station.now();
  }

  /** The end of what was heard: what comes later counts. */
  get here(): number {
    return this.station.heard.end;
  }

  get canRestart(): boolean {
    return this.launch.command !== null;
  }

  /** One doing that proves several clauses. */
  once<T>(name: string, act: () => Promise<T>): Promise<T> {
    const doing = this.#once.get(name) ?? act();
    this.#once.set(name, doing);
    return doing as Promise<T>;
  }

  // --- The controller -------------------------------------------------------------------------------------------------

  program(claim: string, name: string, kept: boolean): ControllerProgram {
    if (this.launch.command === null) throw new NotTried('the kit cannot start the controller (--start)');
    return new ControllerProgram(this.launch.command, claim, join(this.launch.folder, name), kept);
  }

  async startController(claim: string): Promise<void> {
    if (this.launch.command === null) return;
    this.#controller = this.program(claim, 'controller', true);
    await this.#controller.start();
  }

  async cutPower(): Promise<void> {
    if (!this.#controller) throw new NotTried('the kit cannot cut the power of this controller (--start)');
    await this.#controller.kill();
  }

  async powerOn(): Promise<void> {
    await this.#controller?.start();
  }

  /** Rejects when the program has ended for good; never resolves. */
  async controllerEnds(): Promise<never> {
    if (!this.#controller) return new Promise(() => undefined);
    await this.#controller.gone;
    throw new Breach('the program of the controller ended', this.lastWords);
  }

  async stopController(): Promise<void> {
    await this.#controller?.stop();
  }

  get lastWords(): readonly string[] {
    return this.#controller?.said ?? [];
  }

  /** How often it ended by itself. */
  get crashes(): number {
    return this.#controller?.ended ?? 0;
  }

  // --- What is told ---------------------------------------------------------------------------------------------------

  /** Audio of that length, the same for all that ask for the same. */
  audio(durationMs: number, name = 'tone', padBytes = 0, fault?: Fault): PlannedPlay['audio'] {
    const ref = this.station.shelf.store(toneOf(`${name} ${durationMs}`, durationMs, padBytes), fault);
    return { ...ref, type: 'audio/ogg; codecs=opus', durationMs };
  }

  /** One second of a normal bulletin that must not be late. */
  play(name: string, startMs: number, { durationMs = 1_000, audio, ...sketch }: PlaySketch = {}): PlannedPlay {
    this.#named += 1;
    return {
      play: `${name}-${this.#named}`,
      occurrence: `occurrence-${name}`,
      part: 0,
      startMs,
      latestEndMs: startMs + durationMs + 60_000,
      late: 'skip',
      class: 'normal',
      volume: 70,
      item: { id: `item-${name}`, version: 1, title: 'Bài phát thử của bộ kiểm tra', language: 'vi' },
      ...sketch,
      audio: audio ?? this.audio(durationMs),
    };
  }

  /** Tells a plan with plays that start soon, and waits until the controller holds it whole. */
  async air<Plays extends readonly PlannedPlay[]>(make: (startMs: number) => Plays): Promise<Plays> {
    const plays = make(this.now + this.leadMs);
    await this.synced(this.station.plan.change({ add: plays }));
    return plays;
  }

  /** The controller tells that it holds this version whole, or a later one that came meanwhile. */
  synced(version: number, withinMs = this.leadMs + SLACK_MS): Promise<Heard> {
    return this.hears(
      ({ uplink, message }) => uplink === 'plan' && (planSynced.safeParse(message).data?.version ?? 0) >= version,
      `word on \`plan\` that version ${version} is held whole`,
      withinMs,
    );
  }

  /** Publishes a command; returns its id and its letters. */
  command(
    body: CommandBody | { readonly kind: string },
    { by = this.station.keys.service, topic = topics.down(this.device, 'commands'), ...more }: CommandOptions = {},
  ): { readonly id: string; readonly signed: string } {
    const order = this.order(body, more);
    const signed = this.station.keys.sign('vang-command', order, by);
    this.station.broker.publish(topic, signed);
    return { id: order.id, signed };
  }

  order(body: CommandBody | { readonly kind: string }, more: Partial<Omit<Command, 'body'>> = {}) {
    this.#named += 1;
    const id = `command-${this.#named}`;
    const envelope = {
      v: 1,
      id,
      to: { device: this.device },
      issuedAt: this.now,
      expiresAt: this.now + 60_000,
      ...more,
    };
    return { ...envelope, comment: 'ignored', body: { ...body, comment: 'ignored' } };
  }

  /** Says the present volume again and waits for the answer: by then everything that was sent before has been taken. */
  async marker(): Promise<void> {
    const { id } = this.command({ kind: 'volume', percent: this.volumePercent });
    await this.answered(id);
  }

  // --- What is heard --------------------------------------------------------------------------------------------------

  hears(fits: (heard: Heard) => boolean, what: string, withinMs = SLACK_MS, since = 0): Promise<Heard> {
    return this.station.heard.next(fits, what, withinMs, since, () => ({
      state: this.station.state,
      reports: this.reports().slice(-3),
      ...(this.lastWords.length > 0 ? { saidByProgram: this.lastWords.slice(-3) } : {}),
    }));
  }

  statuses(id: string, since = 0): CommandStatus[] {
    return this.station.heard.all.slice(since).flatMap(({ uplink, message }) => {
      const parsed = uplink === 'commands' ? commandStatus.safeParse(message) : undefined;
      return parsed?.success && parsed.data.command === id ? [parsed.data] : [];
    });
  }

  /** The final word on a command. */
  async answered(id: string, withinMs = SLACK_MS): Promise<CommandStatus> {
    const last = (status: CommandStatus | undefined) => status?.command === id && status.state !== 'received';
    const heard = await this.hears(
      ({ uplink, message }) => uplink === 'commands' && last(commandStatus.safeParse(message).data),
      `answer to the command ${id}`,
      withinMs,
    );
    return heard.message as CommandStatus;
  }

  reports(since = 0): DeviceReport[] {
    return this.station.heard.all.slice(since).flatMap(({ uplink, message }) => {
      const parsed = uplink === 'reports' ? deviceReport.safeParse(message) : undefined;
      return parsed?.success ? [parsed.data] : [];
    });
  }

  reported(code: ReportCode, since: number, withinMs = SLACK_MS): Promise<Heard> {
    return this.hears(
      ({ uplink, message }) => uplink === 'reports' && deviceReport.safeParse(message).data?.code === code,
      `report \`${code}\``,
      withinMs,
      since,
    );
  }

  told(fits: (state: DeviceState) => boolean, what: string, withinMs = SLACK_MS, since = 0): Promise<Heard> {
    return this.hears(
      ({ uplink, message }) => {
        const parsed = uplink === 'state' ? deviceState.safeParse(message) : undefined;
        return parsed?.success === true && fits(parsed.data);
      },
      what,
      withinMs,
      since,
    );
  }

  /** It says that this play sounds. */
  sounds({ play, startMs }: PlannedPlay, withinMs = Math.max(0, startMs - this.now) + SLACK_MS): Promise<Heard> {
    return this.told((state) => state.online && state.playing === play, `state with \`playing: ${play}\``, withinMs);
  }

  silentAgain(since: number, withinMs = SLACK_MS): Promise<Heard> {
    return this.told((state) => state.online && state.playing === null, 'state with `playing: null`', withinMs, since);
  }

  soundedAt(play: string): Heard | undefined {
    return this.station.heard.all.find(({ uplink, message }) => {
      const parsed = uplink === 'state' ? deviceState.safeParse(message) : undefined;
      return parsed?.success && parsed.data.online && parsed.data.playing === play;
    });
  }

  /** Its receipt; waited for until `afterMs` (time of the service) and then a little. */
  receipt({ play, startMs, audio }: PlannedPlay, afterMs = startMs + audio.durationMs): Promise<Arrived> {
    const withinMs = Math.max(0, afterMs - this.now) + SLACK_MS;
    return this.station.ledger.arrived.next(
      ({ receipt }) => receipt.play === play,
      `receipt of ${play}`,
      withinMs,
      0,
      () => ({
        state: this.station.state,
        batches: this.station.ledger.wrong.slice(-3),
        saidByProgram: this.lastWords.slice(-3),
      }),
    );
  }

  /** Resolves at that time of the service. For what is about time itself. */
  until(ms: number): Promise<void> {
    return new Promise((done) => setTimeout(done, Math.max(0, ms - this.now)));
  }

  /** Whether it came within the time that it was given. */
  came(coming: Promise<unknown>): Promise<boolean> {
    return coming.then(
      () => true,
      () => false,
    );
  }
}

interface CommandOptions extends Partial<Omit<Command, 'body'>> {
  readonly by?: SigningKey;
  readonly topic?: string;
}
