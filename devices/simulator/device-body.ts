import type { CoreEffect, CoreEvent, CoreState } from '../player/core/index.js';
import type { Capability, ReceiptBatch, Signer } from '../protocol/index.js';
import { DeviceDisk } from './device-disk.js';
import type { DeviceFaults } from './device-faults.js';
import { DeviceHardware } from './device-hardware.js';
import type { SharedStore } from './shared-store.js';
import { SilentLoudspeaker } from './silent-loudspeaker.js';

/** What follows from an effect. */
export interface BodyReaction {
  readonly events: readonly CoreEvent[];
  /** The machine restarts, what sounds being stopped in good order first. */
  readonly restart: boolean;
  /** Batches of receipts that were asked for again. */
  readonly resend: readonly ReceiptBatch[];
}

/** Everything of a controller that is neither core nor network: disk, loudspeaker, hardware. The same on sockets and in virtual time. */
export class DeviceBody {
  readonly disk: DeviceDisk;
  readonly loudspeaker = new SilentLoudspeaker();
  readonly hardware: DeviceHardware;

  constructor(
    store: SharedStore,
    capabilities: readonly Capability[],
    identity: { readonly device: string; readonly signer: Signer },
    private readonly faults: DeviceFaults,
  ) {
    this.disk = new DeviceDisk(store);
    this.hardware = new DeviceHardware(capabilities, identity);
  }

  carryOut(effect: CoreEffect, state: CoreState, monoMs: number, bytesDown: number): BodyReaction {
    const diskFull = this.faults.has('fullDisk');
    switch (effect.type) {
      case 'keepDescriptor':
        if (!diskFull) this.disk.keepDescriptor(effect.sha256, effect.bytes);
        return only();
      case 'findChunks':
        return only({ type: 'chunksFound', sha256: effect.sha256, ...this.disk.findChunks(effect.sha256) });
      case 'dropChunks':
        this.disk.drop(effect.sha256);
        return only();
      case 'writeChunk':
        if (!diskFull) this.disk.write(effect.sha256, effect.offset, effect.bytes);
        else this.disk.lose(effect.sha256);
        return only();
      case 'finishAsset': {
        const { sha256 } = effect;
        return only({ type: 'assetFinished', sha256, ok: !diskFull && this.disk.finish(sha256) });
      }
      case 'readPart':
        return only({ type: 'partRead', sha256: effect.sha256, text: this.disk.readPart(effect.sha256) });
      case 'startSound':
        return only(...this.#startSound(effect, state, monoMs));
      case 'stopSound':
        return only(...this.endSound('stopped', monoMs));
    }
    const { bootMonoMs } = state.durable;
    const {
      events = [],
      restart = false,
      resend = [],
    } = this.hardware.carryOut(effect, monoMs, {
      bootMonoMs,
      diskFull,
      bytesDown,
    });
    return { events, restart, resend };
  }

  endSound(reason: 'end' | 'stopped', monoMs: number): CoreEvent[] {
    const ended = this.loudspeaker.stop(monoMs);
    return ended ? [{ type: 'soundEnded', ...ended, reason }] : [];
  }

  powerCut(monoMs: number): void {
    this.loudspeaker.stop(monoMs);
    this.hardware.powerCut();
  }

  #startSound(
    { play, sha256, seekMs, volume, relay }: Extract<CoreEffect, { type: 'startSound' }>,
    { starting }: CoreState,
    monoMs: number,
  ): CoreEvent[] {
    if (starting?.obliged.play.play !== play) return [];
    if (!this.disk.holds(sha256)) return [{ type: 'soundEnded', play, playedMs: 0, reason: 'failed' }];
    this.hardware.volume = volume;
    const lengthMs = relay ? relay.relayMs : Math.max(0, starting.obliged.play.audio.durationMs - seekMs);
    this.loudspeaker.start(play, lengthMs, monoMs);
    const events: CoreEvent[] = [{ type: 'soundStarted', play, atMonoMs: monoMs }];
    // Its source gives sound from the first moment to the last.
    if (relay) events.push({ type: 'relayHeard', play, heard: true, relayMs: lengthMs });
    if (this.hardware.capabilities.includes('lineSense')) events.push({ type: 'lineSensed', play, sensed: true });
    return events;
  }
}

const only = (...events: CoreEvent[]): BodyReaction => ({ events, restart: false, resend: [] });
