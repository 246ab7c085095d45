import type {
  Cause,
  FaultCode,
  Identity,
  Interruption,
  KeySet,
  PlanHead,
  RelaySource,
  ReportCode,
  Telemetry,
  UpdateOrder,
  UpdateState,
} from '../../protocol/index.js';
import type { Silence } from './silence.js';
import type {
  ClockAnchor,
  CurrentPlay,
  Durable,
  Evidence,
  ObligedPlay,
  StoredPart,
  SuspendedPlay,
  UnsentReceipt,
} from './state.js';

/** The instant of a step: monotonic milliseconds, and fresh random letters (a nonce; only for what must be unguessable). */
export interface Moment {
  readonly monoMs: number;
  readonly random: string;
}

export type CoreEvent =
  | {
      readonly type: 'booted';
      readonly bootId: string;
      readonly kernelBootId: string;
      /** Complete assets found on disk. */
      readonly stored: readonly string[];
      /** Those of which only a part is there. */
      readonly begun: readonly string[];
    }
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  | { readonly type: 'message'; readonly topic: string; readonly payload: Uint8Array }
  | { readonly type: 'partRead'; readonly sha256: string; readonly text: string | null }
  /** The answer to `findChunks`. `descriptor` null: it is not known which chunks these are. */
  | {
      readonly type: 'chunksFound';
      readonly sha256: string;
      readonly descriptor: Uint8Array | null;
      /** Indexes of the chunks that are there and genuine. */
      readonly held: readonly number[];
    }
  | { readonly type: 'assetFinished'; readonly sha256: string; readonly ok: boolean }
  | { readonly type: 'soundStarted'; readonly play: string; readonly atMonoMs: number }
  /** A relay's source gives sound (`heard`), or the stored sound has taken its place. */
  | { readonly type: 'relayHeard'; readonly play: string; readonly heard: boolean; readonly relayMs: number }
  | { readonly type: 'lineSensed'; readonly play: string; readonly sensed: boolean }
  | { readonly type: 'commandEnded'; readonly command: string; readonly ok: boolean }
  | { readonly type: 'updateFailed'; readonly release: number; readonly detail: string }
  /** The answer to `measure`. */
  | { readonly type: 'measured'; readonly telemetry: Measured }
  | { readonly type: 'fault'; readonly code: FaultCode; readonly present: boolean; readonly detail?: string }
  | { readonly type: 'power'; readonly supply: 'lost' | 'back' }
  | { readonly type: 'soundProgress'; readonly play: string; readonly playedMs: number }
  | {
      readonly type: 'soundEnded';
      readonly play: string;
      readonly playedMs: number;
      readonly reason: 'end' | 'stopped' | 'failed' | 'damaged';
    }
  /** The service took another key for this device's: what it says of the device now. */
  | { readonly type: 'keyChanged'; readonly identity: Identity }
  /** These, whole or begun, are removed from the disk: no plan that this core knew of needed them. */
  | { readonly type: 'assetsEvicted'; readonly sha256s: readonly string[] }
  /** An orderly end of the program: what sounds is stopped and gets its receipt (cause `playerStopped`). */
  | { readonly type: 'closing' }
  /** Somebody at the device pressed its stop button: what sounds ends (cause `stopped`), and so does what comes for a while (silence.ts). */
  | { readonly type: 'stopPressed' }
  | { readonly type: 'wake' };

export type CoreEffect =
  /** Durable before anything after it happens. */
  | { readonly type: 'persist'; readonly record: JournalRecord }
  | {
      readonly type: 'publish';
      readonly topic: string;
      readonly payload: string;
      readonly qos: 0 | 1;
      readonly retain: boolean;
    }
  | { readonly type: 'subscribe'; readonly topic: string }
  | { readonly type: 'unsubscribe'; readonly topic: string }
  | { readonly type: 'writeChunk'; readonly sha256: string; readonly offset: number; readonly bytes: Uint8Array }
  /** Durable before the first chunk of the asset is written: by it the chunks are known again after a power cut. */
  | { readonly type: 'keepDescriptor'; readonly sha256: string; readonly bytes: Uint8Array }
  /** Look by the descriptor which chunks of a begun asset are there and whole, answer `chunksFound`. */
  | { readonly type: 'findChunks'; readonly sha256: string }
  /** What there is of an unfinished asset is of no use to any plan. */
  | { readonly type: 'dropChunks'; readonly sha256: string }
  /** Check the whole hash, make it durable, answer `assetFinished`. */
  | { readonly type: 'finishAsset'; readonly sha256: string }
  /** Unpack a day part that is stored, answer `partRead`. */
  | { readonly type: 'readPart'; readonly sha256: string }
  | {
      readonly type: 'startSound';
      readonly play: string;
      readonly sha256: string;
      readonly seekMs: number;
      readonly volume: number;
      /** Sound comes from there; the stored one, repeated, while that gives none, and it ends after `relayMs`. */
      readonly relay?: { readonly source: RelaySource; readonly relayMs: number };
      /** The first sample sounds then (monotonic), not before; at once if that is past. */
      readonly atMonoMs: number;
    }
  | { readonly type: 'setVolume'; readonly play: string; readonly volume: number }
  /** Answered with `commandEnded`. */
  | {
      readonly type: 'testTone';
      readonly command: string;
      readonly volume: number;
      readonly durationMs: number;
    }
  | { readonly type: 'amplifier'; readonly command: string; readonly on: boolean }
  /** Receipts that were acknowledged are to be sent again. */
  | {
      readonly type: 'recallReceipts';
      readonly command: string;
      readonly boot: number;
      readonly first: number;
      readonly last: number;
    }
  | { readonly type: 'reboot' }
  /** Put the bundle beside the program that runs and start it in its place, on trial; `updateFailed` if that cannot be. */
  | { readonly type: 'installUpdate'; readonly release: number; readonly name: string; readonly sha256: string }
  /** The program that runs has shown that it works: it stays. */
  | { readonly type: 'confirmUpdate'; readonly release: number }
  /** It has not: the former one is to be started again. */
  | { readonly type: 'abandonUpdate'; readonly release: number }
  /** Answered with `measured`. */
  | { readonly type: 'measure' }
  | { readonly type: 'stopSound'; readonly play: string };

/** What the machine under the player can tell of itself. */
export type Measured = Omit<Telemetry, 'v' | 'device' | 'boot' | 'atMs' | 'clockErrorMs' | 'volumePercent'>;

/** What a command leaves behind. */
export type CommandChange = Partial<Pick<Durable, 'silence' | 'volumePercent' | 'rebootFor'>> & {
  readonly summoned?: readonly ObligedPlay[];
};

export type JournalRecord =
  | {
      readonly t: 'boot';
      readonly boot: number;
      readonly bootId: string;
      readonly kernelBootId: string;
      readonly monoMs: number;
    }
  | { readonly t: 'keys'; readonly keys: KeySet }
  | { readonly t: 'head'; readonly head: PlanHead }
  | {
      readonly t: 'activated';
      readonly version: number;
      readonly parts: Readonly<Record<string, StoredPart>>;
      readonly withdrawn: readonly ObligedPlay[];
      readonly toldLate: readonly string[];
    }
  | { readonly t: 'started'; readonly current: CurrentPlay }
  | { readonly t: 'progress'; readonly playedMs: number }
  | {
      readonly t: 'stopping';
      readonly cause: Cause;
      /** With the cause `preempted`. */
      readonly interruption?: Pick<Interruption, 'atMs' | 'by'>;
    }
  /** Silent after an interruption; its fate is open. */
  | { readonly t: 'suspended'; readonly suspended: SuspendedPlay }
  | { readonly t: 'receipt'; readonly play: string; readonly startMs: number; readonly receipt: UnsentReceipt }
  | { readonly t: 'acked'; readonly boot: number; readonly first: number; readonly last: number }
  | {
      readonly t: 'command';
      readonly id: string;
      readonly expiresAt: number;
      readonly nowMs: number;
      readonly change: CommandChange;
    }
  | { readonly t: 'active'; readonly area: string; readonly version: number }
  | { readonly t: 'rebooted' }
  | { readonly t: 'updateOrdered'; readonly order: UpdateOrder }
  | { readonly t: 'updateState'; readonly state: UpdateState }
  | { readonly t: 'silence'; readonly silence: Silence }
  | { readonly t: 'identity'; readonly identity: Identity }
  /** What became known of the sound while it sounds. */
  | { readonly t: 'evidence'; readonly evidence: Partial<Evidence> }
  | { readonly t: 'clock'; readonly anchor: ClockAnchor }
  | { readonly t: 'snapshot'; readonly durable: Durable };

export interface Refusal {
  readonly code: ReportCode;
  readonly detail: string;
}
