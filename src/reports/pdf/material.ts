import type { PackHead } from '../../../proof/pack/manifest.js';
import type { RankedCause, ShownCell } from '../engine/tables.js';

/** What a report is printed from. */
export interface ReportMaterial {
  readonly head: PackHead;
  readonly coverage: {
    readonly items: readonly { readonly id: string }[];
    readonly hamlets: readonly {
      readonly id: string;
      readonly communeId: string;
      readonly communeName: string;
      readonly name: string;
    }[];
    readonly cells: readonly ShownCell[];
  };
  /** Khai báo: told beside what was played, never counted as it. */
  readonly declared: readonly {
    readonly itemTitle: string;
    readonly hamletName: string;
    readonly communeName: string;
    readonly day: string;
    readonly person: string;
    readonly enteredByName: string;
  }[];
  readonly causes: readonly RankedCause[];
  readonly devices: readonly {
    readonly record: {
      readonly serial: string;
      readonly cluster: { readonly name: string };
      readonly area: { readonly name: string };
      readonly enrolledAtMs: number;
      readonly enrolledBy: string | null;
      readonly revoked: { readonly atMs: number } | null;
      readonly handover: { readonly signedBy: string; readonly photos: readonly string[] } | null;
    };
  }[];
  readonly checkpoint: string;
  /** The same as a QR code, SVG. */
  readonly checkpointQr: string;
  readonly rootFingerprint: string;
  /** SHA-256 of verify.html; null: it was not built here. */
  readonly verifier: string | null;
}
