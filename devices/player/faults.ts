import type { FaultCode } from '../protocol/index.js';
import type { CoreEvent } from './core/index.js';

/** What is wrong with this device: told to the core once, and once that it is over. */
export class Faults {
  readonly #present = new Set<FaultCode>();

  constructor(private readonly feed: (event: CoreEvent) => void) {}

  /** @param detail null: nothing is wrong there (any more) */
  tell(code: FaultCode, detail: string | null): void {
    if (this.#present.has(code) === (detail !== null)) return;
    if (detail === null) this.#present.delete(code);
    else this.#present.add(code);
    this.feed({ type: 'fault', code, present: detail !== null, ...(detail === null ? {} : { detail }) });
  }
}
