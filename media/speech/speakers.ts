import { MediaProblem } from '../problem.js';

/** A program that says one text at a time. What it is and how it is talked to is the driver's matter. */
export interface Speaker<Text> {
  /** Resolves when it can speak; rejects with MediaProblem when it cannot be started. */
  readonly ready: Promise<void>;
  /** Resolves, with the reason for the log, when it is gone for whatever cause. Never rejects. */
  readonly ended: Promise<string>;
  /** @returns a WAV. Rejects with MediaProblem when this text cannot be said; stays open when the speaker ends in between. */
  speak(text: Text): Promise<Uint8Array>;
  /** Ends it in the middle of a word, and waits until it is gone. */
  stop(): Promise<void>;
  /** Whether it keeps the process alive that started it. */
  hold(busy: boolean): void;
}

export interface SpeakersOptions<Text> {
  /** At most so many speak at once. */
  readonly most: number;
  /** A speaker without work ends after this. */
  readonly idleMs: number;
  /** A text that takes longer is given up, and its speaker with it. */
  readonly timeoutMs: number;
  /** Texts of different settings cannot be said by the same speaker. */
  readonly settingOf: (text: Text) => string;
  readonly start: (text: Text) => Speaker<Text>;
}

interface Task<Text> {
  readonly text: Text;
  /** Settles the caller's promise, once, and lets go of his signal. */
  readonly settle: (outcome: { readonly wav: Uint8Array } | { readonly reason: unknown }) => void;
  settled: boolean;
  tries: number;
}

interface Lane<Text> {
  readonly speaker: Speaker<Text>;
  readonly setting: string;
  state: 'starting' | 'idle' | 'speaking';
  task: Task<Text> | undefined;
  /** Of the start, the text or the rest, whichever it is at. */
  timer: NodeJS.Timeout | undefined;
}

/** Some dozens of scripts at once; more means that nothing is spoken any more. */
const MAX_WAITING = 256;
/** Starting takes half a second, most sentences a fiftieth: a second speaker pays only when texts really wait. */
const HELP_AFTER_MS = 100;
/** Nearly every text that is no longer wanted is done sooner than a new speaker would have started. */
const GRACE_MS = 250;

/**
 * Texts in the order they came, over few speakers that stay warm between them. A speaker that dies in the middle of a text is
 * replaced and the text tried once more; dying twice, the text fails and the others go on.
 */
export class Speakers<Text> {
  private readonly lanes = new Set<Lane<Text>>();
  private readonly waiting: Task<Text>[] = [];
  /** Speakers that were given up and are not gone yet. */
  private readonly leaving = new Set<Promise<void>>();
  private allowed: number;
  private help: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(private readonly options: SpeakersOptions<Text>) {
    this.allowed = options.most;
  }

  speak(text: Text, signal?: AbortSignal): Promise<Uint8Array> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.closed) return Promise.reject(new MediaProblem('speech.failed', 'the driver is closed'));
    if (this.waiting.length >= MAX_WAITING) {
      return Promise.reject(new MediaProblem('speech.failed', 'too many texts are waiting'));
    }
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        task.settle({ reason: signal?.reason });
        this.abandon(task);
      };
      const task: Task<Text> = {
        text,
        settled: false,
        tries: 0,
        settle: (outcome) => {
          if (task.settled) return;
          task.settled = true;
          signal?.removeEventListener('abort', onAbort);
          const place = this.waiting.indexOf(task);
          if (place >= 0) this.waiting.splice(place, 1);
          if ('wav' in outcome) resolve(outcome.wav);
          else reject(outcome.reason);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.waiting.push(task);
      this.next();
    });
  }

  /** Starts a speaker for texts of these settings, unless one is there. */
  async warm(text: Text): Promise<void> {
    if (this.closed) throw new MediaProblem('speech.failed', 'the driver is closed');
    const setting = this.options.settingOf(text);
    const there = [...this.lanes].find((lane) => lane.setting === setting);
    await (there ?? this.start(text)).speaker.ready;
  }

  async close(): Promise<void> {
    this.closed = true;
    clearTimeout(this.help);
    const reason = new MediaProblem('speech.failed', 'the driver was closed');
    for (const task of [...this.waiting]) task.settle({ reason });
    for (const lane of [...this.lanes]) {
      lane.task?.settle({ reason });
      this.drop(lane);
    }
    await Promise.all(this.leaving);
  }

  private next(): void {
    for (const task of [...this.waiting]) {
      const setting = this.options.settingOf(task.text);
      const idle = [...this.lanes].filter(({ state }) => state === 'idle');
      const lane = idle.find((one) => one.setting === setting);
      if (lane !== undefined) {
        this.waiting.splice(this.waiting.indexOf(task), 1);
        void this.say(lane, task);
        continue;
      }
      const [other] = idle;
      if (this.lanes.size === 0) this.start(task.text);
      else if (other !== undefined && this.lanes.size >= this.allowed) {
        this.drop(other);
        this.start(task.text);
      } else this.callForHelp();
      return;
    }
  }

  private callForHelp(): void {
    if (this.help !== undefined || this.lanes.size >= this.allowed) return;
    const [first] = this.waiting;
    this.help = setTimeout(() => {
      this.help = undefined;
      if (first === undefined || first.settled || this.waiting[0] !== first) return this.next();
      if (this.lanes.size < this.allowed) this.start(first.text);
    }, HELP_AFTER_MS);
  }

  private start(text: Text): Lane<Text> {
    const speaker = this.options.start(text);
    const setting = this.options.settingOf(text);
    const lane: Lane<Text> = { speaker, setting, state: 'starting', task: undefined, timer: undefined };
    this.lanes.add(lane);
    speaker.hold(true);
    lane.timer = setTimeout(() => {
      this.drop(lane);
      this.cannotStart(lane, new MediaProblem('speech.failed', `did not start in ${this.options.timeoutMs} ms`));
    }, this.options.timeoutMs);
    speaker.ready.then(
      () => this.rest(lane),
      (reason) => {
        // Given up before: what waited for it was told then.
        if (!this.lanes.has(lane)) return;
        this.drop(lane);
        this.cannotStart(lane, reason);
      },
    );
    void speaker.ended.then(() => {
      if (lane.state === 'idle') this.drop(lane);
    });
    return lane;
  }

  /** With others at work one less will do; alone, whoever waits for it tries once more, and would else wait for ever. */
  private cannotStart({ setting }: Lane<Text>, reason: unknown): void {
    const others = [...this.lanes].some((lane) => lane.setting === setting);
    if (others) this.allowed = this.lanes.size;
    else {
      for (const task of this.waiting.filter(({ text }) => this.options.settingOf(text) === setting)) {
        task.tries += 1;
        if (task.tries > 1) task.settle({ reason });
      }
    }
    this.next();
  }

  private rest(lane: Lane<Text>): void {
    if (!this.lanes.has(lane)) return;
    clearTimeout(lane.timer);
    lane.state = 'idle';
    lane.speaker.hold(false);
    lane.timer = setTimeout(() => this.drop(lane), this.options.idleMs).unref();
    this.next();
  }

  private async say(lane: Lane<Text>, task: Task<Text>): Promise<void> {
    clearTimeout(lane.timer);
    lane.state = 'speaking';
    lane.task = task;
    lane.speaker.hold(true);
    task.tries += 1;
    const { timeoutMs } = this.options;
    lane.timer = setTimeout(() => {
      task.settle({ reason: new MediaProblem('speech.failed', `over ${timeoutMs} ms`) });
      this.drop(lane);
    }, timeoutMs);
    const outcome = await Promise.race([
      lane.speaker.speak(task.text).then(
        (wav) => ({ wav }),
        (reason: unknown) => ({ reason }),
      ),
      lane.speaker.ended.then((how) => ({ how })),
    ]);
    lane.task = undefined;
    if (!('how' in outcome)) {
      task.settle(outcome);
      this.rest(lane);
      return;
    }
    this.drop(lane);
    if (!task.settled && task.tries === 1) this.waiting.unshift(task);
    else task.settle({ reason: new MediaProblem('speech.failed', `the speaker ended (${outcome.how})`) });
    this.next();
  }

  /** The voice cannot be interrupted: what it is saying for nobody is waited for a moment, then the speaker is given up. */
  private abandon(task: Task<Text>): void {
    const lane = [...this.lanes].find((one) => one.task === task);
    if (lane === undefined) return;
    clearTimeout(lane.timer);
    lane.timer = setTimeout(() => this.drop(lane), GRACE_MS);
  }

  private drop(lane: Lane<Text>): void {
    clearTimeout(lane.timer);
    if (!this.lanes.delete(lane)) return;
    if (this.lanes.size === 0) this.allowed = this.options.most;
    const leaving = lane.speaker.stop().finally(() => this.leaving.delete(leaving));
    this.leaving.add(leaving);
  }
}
