import type {
  AssetRef,
  Capability,
  Cause,
  Crypto,
  FaultCode,
  Heard,
  Identity,
  Interruption,
  KeySet,
  PlanHead,
  PlannedPlay,
  Signer,
  UpdateOrder,
  UpdateState,
  Uplink,
} from '../../protocol/index.js';
import type { Silence } from './silence.js';

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
  /** What that is the link of; null: no receipt yet, or none since a release that did not write it down. */
  readonly lastReceipt: { readonly boot: number; readonly seq: number } | null;
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
  /** What the service said last of this device; null: what it said at enrolment. */
  readonly identity: Identity | null;
  /** Commands that were answered → their expiry: each is obeyed once, as long as it could come again. */
  readonly obeyed: Readonly<Record<string, number>>;
  /** Version of the list of what is active, by area. */
  readonly activeLists: Readonly<Record<string, number>>;
  /** Plays that a command told ahead of any plan, by id. */
  readonly summoned: Readonly<Record<string, ObligedPlay>>;
  readonly silence: Silence | null;
  /** Of what each play asks for. */
  readonly volumePercent: number;
  /** The program that was ordered last, and how far it has come. */
  readonly update: { readonly order: UpdateOrder; readonly state: UpdateState } | null;
  /** The reboot that was ordered, and the boot in which it was. */
  readonly rebootFor: { readonly command: string; readonly boot: number } | null;
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
  /** The command that told of it, while no plan does. */
  readonly command?: string;
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
  /** Percent at which it sounds; the lowest, if that was changed meanwhile. */
  readonly volume: number;
  /** Of a relay: for how long its source was heard, in this run. */
  readonly relayMs?: number;
  /** Whether the loudspeaker line was sensed to carry a signal in this run. */
  readonly sensed?: boolean;
  /** Set once something asked the sound to stop. */
  readonly stopCause: Cause | null;
  /** Set with the stop cause `preempted`. */
  readonly interruption?: Pick<Interruption, 'atMs' | 'by'>;
  /** What had been heard of it before this run, if it was interrupted. */
  readonly before?: Heard;
  readonly evidenceBefore?: Evidence;
}

/** A play between two of its runs. It goes on as it began, also if a newer plan tells of it otherwise. */
export interface SuspendedPlay {
  readonly obliged: ObligedPlay;
  readonly lateMs: number;
  readonly clock: ReceiptClock;
  readonly heard: Heard;
  /** As it was when it was interrupted. */
  readonly evidence: Evidence;
}

/** What a receipt says beside how much was heard. Of several runs: the lowest volume, the sum of relay, any signal. */
export interface Evidence {
  readonly volume: number;
  readonly relayMs?: number;
  readonly sensed?: boolean;
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
  /** What an earlier start left of it is being looked through: nothing is wished for until that is known. */
  readonly searched: boolean;
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
  /** Assets of which a part is on the disk and which are not being fetched. */
  readonly begun: ReadonlySet<string>;
  /** Assets that this device could not decode: not tried again for the same plan. */
  readonly damaged: ReadonlySet<string>;
  /** Starting: asked of the sound output, not yet heard. */
  readonly starting: { readonly obliged: ObligedPlay; readonly seekMs: number } | null;
  /** When time was first trusted in this boot (monotonic), for the cause `noTrustedTime`. */
  readonly trustedSinceMonoMs: number | null;
  readonly timeAsked: { readonly nonce: string; readonly monoMs: number } | null;
  /** Nonces of questions that were given up: an answer that comes late is not another's. */
  readonly timeUnanswered: readonly string[];
  /** Topics on which something was refused in this connection that may come in floods. */
  readonly refusedTopics: ReadonlySet<string>;
  /** Answers about the time in a row, since it was last due to be asked. */
  readonly timeRounds: number;
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
  readonly toldStateMonoMs: number | null;
  /** When a change that was told to wait is due. */
  readonly stateDueMonoMs: number | null;
  /** Signed messages that wait for time or for their key. */
  readonly held: readonly HeldMessage[];
  /** What is said at the next connection. */
  readonly waiting: readonly { readonly uplink: Uplink; readonly message: unknown }[];
  readonly eventSeq: number;
  /** When telemetry was measured last (monotonic). */
  readonly measuredMonoMs: number | null;
  readonly faults: readonly FaultCode[];
  /** The player is about to end: nothing new starts. */
  readonly closing: boolean;
}

export type HeldMessage =
  | { readonly link: 'commands'; readonly compact: string; readonly area: string | null }
  | { readonly link: 'active'; readonly compact: string; readonly area: string }
  | { readonly link: 'update'; readonly compact: string };

/** What stays the same for the life of an enrolled player. */
export interface CoreEnv {
  readonly crypto: Crypto;
  readonly signer: Signer;
  readonly identity: Identity;
  readonly rootPublicKey: Uint8Array;
  readonly simulated: boolean;
  /** Absent: only stored sound. */
  readonly capabilities?: readonly Capability[];
  readonly firmware?: { readonly release: number; readonly name: string };
  /** How long before its planned instant a start is told to the sound output, which meets the instant itself. Absent: 0. */
  readonly leadMs?: number;
  /** An answer about the time that leaves more error than this is asked for again, a few times. Absent: it is not. */
  readonly fineTimeMs?: number;
}
