import type { Crypto } from '../../devices/protocol/index.js';
import type { ArchiveManifest } from '../archive/manifest.js';
import type { Manifest } from '../pack/manifest.js';
import type { Hasher } from '../pack/writer.js';
import { CHECKS, type CheckCode, type FindingCode, type NoteCode, type Parameters } from './words.js';

/** What a platform lends the verifier: a browser or Node. */
export interface Engine extends Crypto {
  hasher(): Hasher;
  /** Beside others, where the platform can: signatures are what takes long. */
  verifyLater(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
  /** Signatures that are worth having under verification at a time. */
  readonly together: number;
}

export interface Finding {
  readonly check: CheckCode;
  readonly code: FindingCode;
  readonly parameters: Parameters;
}
export interface Note {
  readonly code: NoteCode;
  readonly parameters: Parameters;
}
export interface Check {
  readonly code: CheckCode;
  /** `skipped`: an earlier check failed, so that this one would tell nothing. */
  readonly state: 'good' | 'bad' | 'skipped';
  /** What was looked at: files, devices, receipts… */
  readonly looked: number;
}

export interface Verdict {
  readonly good: boolean;
  readonly demo: boolean;
  readonly checks: readonly Check[];
  /** The first ones, by name. */
  readonly findings: readonly Finding[];
  readonly findingCount: number;
  readonly notes: readonly Note[];
  /** Null: not even that could be read. */
  readonly manifest: Manifest | null;
  /** Of a file of receipts that left the database; null: it is a pack, or nothing that could be read. */
  readonly archive: ArchiveManifest | null;
  /** SHA-256 of the whole file, hex. */
  readonly sha256: string;
}

interface Judged {
  readonly manifest?: Manifest | null;
  readonly archive?: ArchiveManifest | null;
  readonly sha256: string;
}

/** More are counted, not listed. */
const LISTED = 100;
const PACK_CHECKS = (Object.keys(CHECKS) as CheckCode[]).filter((code) => code !== 'answers');

/** Collects what the checks say. */
export class Report {
  readonly #checks = new Map<CheckCode, { looked: number; bad: boolean }>();
  readonly #findings: Finding[] = [];
  readonly #notes: Note[] = [];
  #count = 0;

  begin(check: CheckCode): void {
    if (!this.#checks.has(check)) this.#checks.set(check, { looked: 0, bad: false });
  }

  looked(check: CheckCode, count = 1): void {
    this.begin(check);
    const state = this.#checks.get(check);
    if (state) state.looked += count;
  }

  find(check: CheckCode, code: FindingCode, parameters: Parameters = {}): void {
    this.begin(check);
    const state = this.#checks.get(check);
    if (state) state.bad = true;
    this.#count += 1;
    if (this.#findings.length < LISTED) this.#findings.push({ check, code, parameters });
  }

  note(code: NoteCode, parameters: Parameters = {}): void {
    this.#notes.push({ code, parameters });
  }

  get clean(): boolean {
    return this.#count === 0;
  }

  verdict({ manifest = null, archive = null, sha256 }: Judged, of: readonly CheckCode[] = PACK_CHECKS): Verdict {
    const checks = of.map((code): Check => {
      const state = this.#checks.get(code);
      return { code, state: !state ? 'skipped' : state.bad ? 'bad' : 'good', looked: state?.looked ?? 0 };
    });
    return {
      good: this.clean && checks.every(({ state }) => state === 'good'),
      demo: (manifest ?? archive)?.demo ?? false,
      checks,
      findings: this.#findings,
      findingCount: this.#count,
      notes: this.#notes,
      manifest,
      archive,
      sha256,
    };
  }
}
