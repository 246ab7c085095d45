import {
  batchLength,
  batchOf,
  type CoreEffect,
  type CoreEvent,
  type Measured,
  type UnsentReceipt,
} from '../player/core/index.js';
import type { Capability, ReceiptBatch, Signer } from '../protocol/index.js';

export interface Firmware {
  readonly release: number;
  readonly name: string;
}

/** What follows from an effect: events for the core now or at a monotonic instant, a restart, batches to send. */
export interface Reaction {
  readonly events?: readonly CoreEvent[];
  readonly restart?: true;
  readonly resend?: readonly ReceiptBatch[];
}

const NOTHING: Reaction = {};

/** What a controller has beside sound, clock, disk and network. Whatever it is asked to do works, unless its disk is full. */
export class DeviceHardware {
  amplifierOn = true;
  /** Percent at which sounds play; as told by the core. */
  volume = 0;
  #firmware: Firmware = { release: 1, name: 'simulator' };
  #former: Firmware = this.#firmware;
  readonly #archive: UnsentReceipt[] = [];
  #tone: { readonly endsMonoMs: number; readonly command: string } | null = null;

  constructor(
    readonly capabilities: readonly Capability[],
    private readonly identity: { readonly device: string; readonly signer: Signer },
  ) {}

  get firmware(): Firmware {
    return this.#firmware;
  }

  /** When something happens here by the clock; null: nothing will. */
  get dueMonoMs(): number | null {
    return this.#tone?.endsMonoMs ?? null;
  }

  /** What is due by now. */
  take(monoMs: number): CoreEvent[] {
    if (!this.#tone || this.#tone.endsMonoMs > monoMs) return [];
    const { command } = this.#tone;
    this.#tone = null;
    return [{ type: 'commandEnded', command, ok: true }];
  }

  /** A receipt was written: kept to be asked for again, by those that keep an archive. */
  keep(receipt: UnsentReceipt): void {
    if (this.capabilities.includes('archive')) this.#archive.push(receipt);
  }

  powerCut(): void {
    this.#tone = null;
  }

  carryOut(effect: CoreEffect, monoMs: number, { bootMonoMs, diskFull, bytesDown }: Surroundings): Reaction {
    switch (effect.type) {
      case 'setVolume':
        this.volume = effect.volume;
        return NOTHING;
      case 'testTone':
        this.#tone = { command: effect.command, endsMonoMs: monoMs + effect.durationMs };
        return NOTHING;
      case 'amplifier':
        this.amplifierOn = effect.on;
        return { events: [{ type: 'commandEnded', command: effect.command, ok: true }] };
      case 'measure':
        return { events: [{ type: 'measured', telemetry: this.#measured(monoMs - bootMonoMs, diskFull, bytesDown) }] };
      case 'recallReceipts':
        return this.#recall(effect);
      case 'reboot':
        return { restart: true };
      case 'installUpdate': {
        const { release, name } = effect;
        if (diskFull) return { events: [{ type: 'updateFailed', release, detail: 'the disk is full' }] };
        this.#firmware = { release, name };
        return { restart: true };
      }
      case 'confirmUpdate':
        this.#former = this.#firmware;
        return NOTHING;
      case 'abandonUpdate':
        this.#firmware = this.#former;
        return { restart: true };
      default:
        return NOTHING;
    }
  }

  #measured(upMs: number, diskFull: boolean, bytesDown: number): Measured {
    return {
      uptimeS: Math.max(0, Math.floor(upMs / 1_000)),
      bytesDown,
      signalDbm: -85,
      temperatureC: 41,
      supply: 'mains',
      freeBytes: diskFull ? 0 : 4_000_000_000,
      ...(this.capabilities.includes('amplifier') ? { amplifier: this.amplifierOn } : {}),
    };
  }

  #recall({ boot, first, last, command }: Extract<CoreEffect, { type: 'recallReceipts' }>): Reaction {
    const kept = this.#archive.filter((each) => each.boot === boot && each.seq >= first && each.seq <= last);
    const { device, signer } = this.identity;
    const resend: ReceiptBatch[] = [];
    while (kept.length > 0) resend.push(batchOf(device, kept.splice(0, batchLength(kept)), signer));
    return { resend, events: [{ type: 'commandEnded', command, ok: true }] };
  }
}

interface Surroundings {
  readonly bootMonoMs: number;
  readonly diskFull: boolean;
  readonly bytesDown: number;
}
