import type { Kit } from './kit.js';
import type { Profile } from './verdict.js';

/** What a clause needs for itself while it runs; two clauses that need the same one run one after the other. */
export type Ground =
  /** Who has it decides what sounds. */
  | 'loudspeaker'
  /** Reports of one code are told apart by who asked for them. */
  /** The plan changes at its own pace. */
  | 'plan'
  | 'heads'
  | 'keys'
  | 'commands'
  | 'assets'
  | 'identity';

/**
 * When a clause runs. `trial`: a start of the controller of its own, before it is enrolled. `opening`: from the first connection on,
 * the time still unknown. `run`: in the enrolled life. `watch`: judged at the end, by all that was seen.
 */
export type Phase = 'trial' | 'opening' | 'run' | 'watch';

export interface Clause {
  /** For ever the same; what a maker names with `--only`. */
  readonly id: string;
  readonly title: string;
  /** The sentence of the contract. */
  readonly proves: string;
  /** The least profile that owes it. */
  readonly profile: Profile;
  readonly phase: Phase;
  readonly limitMs: number;
  readonly needs?: readonly Ground[];
  /** Nothing else may run meanwhile: it cuts the power or the network. */
  readonly alone?: boolean;
  /** The kit must be able to start and stop the controller. */
  readonly restarts?: boolean;
  /** Resolves when the clause holds; rejects with a Breach or a NotTried. */
  readonly check: (kit: Kit) => Promise<void> | void;
}
