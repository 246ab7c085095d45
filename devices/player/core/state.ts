import type {
  AssetRef,
  Cause,
  Crypto,
  Heard,
  Identity,
  Interruption,
  KeySet,
  PlanHead,
  PlannedPlay,
  ReportCode,
  Signer,
} from '../../protocol/index.js';

/**
 * What must survive a power cut. It changes only through journal records (journal.ts), so that replaying the journal
 * gives exactly the state that was. Plain JSON: it is also the journal's snapshot.
 */
export interface Durable {
  readonly boot: number;
  readonly bootId: string;
  /** Id of the kernel's boot: the same one after a crash means that only the player was down. */
  readonly kernelBootId: string;
  readonly bootMonoMs: number;
  /** The player's first boot in this kernel boot: before it there was no power, after it only the player was down. */
  readonly poweredMonoMs: number;
  /** When time was first known in this kernel boot, null until then. */
  readonly timedMonoMs: number | null;
  /** Why the previous boot ended, for plays missed in between. */
  readonly downCause: Extract<Cause, 'powerLost' | 'playerStopped'>;
  readonly seq: number;
  /** Last link of the receipt chain, hex. */
  readonly link: string;
  readonly keys: KeySet | null;
  /** The newest verified head; its parts may still be on their way. */
  readonly head: PlanHead | null;
  /** The version whose parts are all here: what is played. */
  readonly activeVersion: number;
  /** Plays by local day, kept until each has its final receipt. */
  readonly parts: Readonly<Record<string, StoredPart>>;
  /** Plays that a newer plan took out before their start. */
  readonly withdrawn: Readonly<Record<string, ObligedPlay>>;
  /** Plays of which the plan told only after their start. */
  readonly toldLate: readonly string[];
  /** Plays that have their final receipt → planned start (kept as long as a plan could name them again). */
  readonly finals: Readonly<Record<string, number>>;
  readonly current: CurrentPlay | null;
  /** Plays that were interrupted and wait for another turn, by id. */
  readonly suspended: Readonly<Record<string, SuspendedPlay>>;
  readonly unsent: readonly UnsentReceipt[];
  /** Server time at a monotonic instant of a kernel boot. */
  readonly clock: ClockAnchor | null;
}

export interface StoredPart {
  readonly sha256: string;
  readonly version: number;
  readonly plays: readonly PlannedPlay[];
}

/** A planned play with the day and plan version that obliged the device to it. */
export interface ObligedPlay {
  readonly play: PlannedPlay;
  readonly day: string;
  readonly version: number;
}

/**
 * A play that sounds (or did when the power went). Written when the sound has begun, never before (case 8). `startedAtMs`,
 * `seekMs` and `playedMs` are of this run, `lateMs` and `clock` of the play's first.
 */
export interface CurrentPlay {
  readonly obliged: ObligedPlay;
  readonly startedAtMs: number;
  readonly lateMs: number;
  readonly seekMs: number;
  readonly playedMs: number;
  readonly clock: ReceiptClock;
  /** Set once something asked the sound to stop. */
  readonly stopCause: Cause | null;
  /** Set with the stop cause `preempted`. */
  readonly interruption?: Pick<Interruption, 'atMs' | 'by'>;
  /** What had been heard of it before this run, if it was interrupted. */
  readonly before?: Heard;
}

/** A play between two of its runs. It goes on as it began, also if a newer plan tells of it otherwise. */
export interface SuspendedPlay {
  readonly obliged: ObligedPlay;
  readonly lateMs: number;
  readonly clock: ReceiptClock;
  readonly heard: Heard;
}

export interface ReceiptClock {
  readonly trust: 'trusted' | 'coasting' | 'untrusted';
  readonly errorMs: number | null;
}

export interface UnsentReceipt {
  readonly boot: number;
  readonly seq: number;
  readonly previous: string;
  readonly link: string;
  readonly text: string;
}

export interface ClockAnchor {
  readonly serverMs: number;
  readonly monoMs: number;
  readonly errorMs: number;
  readonly kernelBootId: string;
}

/** How far an asset has come. `missing` is null while its descriptor is not here. */
export interface AssetProgress {
  readonly ref: AssetRef;
  readonly chunkBytes: number;
  readonly hashes: readonly string[] | null;
  /** One byte per chunk: 1 where it still lacks. */
  readonly missing: Uint8Array | null;
  readonly complete: boolean;
  readonly lastProgressMonoMs: number;
  readonly reported: boolean;
}

export interface CoreState {
  readonly durable: Durable;
  readonly connected: boolean;
  readonly assets: ReadonlyMap<string, AssetProgress>;
  /** Assets that are complete and verified on this device. */
  readonly stored: ReadonlySet<string>;
  /** Assets that this device could not decode: not tried again for the same plan. */
  readonly damaged: ReadonlySet<string>;
  /** Starting: asked of the sound output, not yet heard. */
  readonly starting: { readonly obliged: ObligedPlay; readonly seekMs: number } | null;
  /** When time was first trusted in this boot (monotonic), for the cause `noTrustedTime`. */
  readonly trustedSinceMonoMs: number | null;
  readonly timeAsked: { readonly nonce: string; readonly monoMs: number } | null;
  readonly sent: {
    readonly boot: number;
    readonly first: number;
    readonly last: number;
    readonly monoMs: number;
  } | null;
  readonly wishedAtMonoMs: number | null;
  /** Parts of the newest head that are unpacked but wait for the others. */
  readonly readParts: ReadonlyMap<string, readonly PlannedPlay[]>;
  /** A head whose key is not known yet: the key set may be on its way. */
  readonly heldHead: string | null;
  readonly toldState: string | null;
  /** The player is about to end: nothing new starts. */
  readonly closing: boolean;
}

/** What stays the same for the life of an enrolled player. */
export interface CoreEnv {
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly identity: Identity;
  readonly rootPublicKey: Uint8Array;
  readonly simulated: boolean;
}

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
      /** Complete assets found on disk, and partial ones with what they still lack. */
      readonly stored: readonly string[];
    }
  | { readonly type: 'connected' }
  | { readonly type: 'disconnected' }
  | { readonly type: 'message'; readonly topic: string; readonly payload: Uint8Array }
  | { readonly type: 'partRead'; readonly sha256: string; readonly text: string | null }
  | { readonly type: 'assetFinished'; readonly sha256: string; readonly ok: boolean }
  | { readonly type: 'soundStarted'; readonly play: string; readonly atMonoMs: number }
  | { readonly type: 'soundProgress'; readonly play: string; readonly playedMs: number }
  | {
      readonly type: 'soundEnded';
      readonly play: string;
      readonly playedMs: number;
      readonly reason: 'end' | 'stopped' | 'failed' | 'damaged';
    }
  /** These were removed from the disk: no plan that this core knew of needed them. */
  | { readonly type: 'assetsEvicted'; readonly sha256s: readonly string[] }
  /** An orderly end of the program: what sounds is stopped and gets its receipt (cause `playerStopped`). */
  | { readonly type: 'closing' }
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
    }
  | { readonly type: 'stopSound'; readonly play: string };

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
  | { readonly t: 'clock'; readonly anchor: ClockAnchor }
  | { readonly t: 'snapshot'; readonly durable: Durable };

export interface Refusal {
  readonly code: ReportCode;
  readonly detail: string;
}
