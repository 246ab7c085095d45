import { parseTopic } from '../protocol/index.js';
import type { Fault, FaultKind } from './faults.js';

/** What is wrong with one device just now, and what that does to what reaches it. Power and network are switched by its owner. */
export class DeviceFaults {
  readonly #on = new Map<FaultKind, Fault>();
  #chunks = 0;
  #lineFreeAtMs = Number.NEGATIVE_INFINITY;
  // The device's counter: `#skewMs` at `#sinceMs` of true time, growing by `#ppm`.
  #skewMs = 0;
  #sinceMs = 0;
  #ppm = 0;

  has(kind: FaultKind): boolean {
    return this.#on.has(kind);
  }

  begin(fault: Fault, atMs: number): void {
    if (fault.kind === 'clockStep') {
      this.#settle(atMs);
      this.#skewMs += fault.byMs;
      return;
    }
    if (fault.kind === 'clockDrift') this.#drift(fault.ppm, atMs);
    this.#on.set(fault.kind, fault);
  }

  end(kind: FaultKind, atMs: number): void {
    if (kind === 'clockDrift') this.#drift(0, atMs);
    if (kind === 'slowLink') this.#lineFreeAtMs = Number.NEGATIVE_INFINITY;
    this.#on.delete(kind);
  }

  /** By how much the device's counter is ahead of true elapsed time, whole ms. */
  skewAt(atMs: number): number {
    return Math.round(this.#skewMs + ((atMs - this.#sinceMs) * this.#ppm) / 1e6);
  }

  /** What of a message arrives; null: nothing. */
  arrives(topic: string, payload: Uint8Array): Uint8Array | null {
    const parsed = parseTopic(topic);
    if (parsed?.kind === 'down' && parsed.downlink === 'acks' && this.has('lostAcks')) return null;
    const corrupted = this.#on.get('corruptedChunks');
    if (parsed?.kind !== 'chunk' || corrupted?.kind !== 'corruptedChunks') return payload;
    if (++this.#chunks % corrupted.oneIn !== 0 || payload.length === 0) return payload;
    const other = Uint8Array.from(payload);
    other[other.length >> 1] = (other[other.length >> 1] ?? 0) ^ 0xff;
    return other;
  }

  /** How long a message of so many bytes takes to come through from now on, ms: each after the one before. */
  delayOf(bytes: number, nowMs: number): number {
    const slow = this.#on.get('slowLink');
    if (slow?.kind !== 'slowLink') return 0;
    this.#lineFreeAtMs = Math.max(this.#lineFreeAtMs, nowMs) + (bytes * 1_000) / slow.bytesPerSecond;
    return Math.round(this.#lineFreeAtMs - nowMs);
  }

  /** The connection is gone, and what was on it. */
  lineLost(): void {
    this.#lineFreeAtMs = Number.NEGATIVE_INFINITY;
  }

  #drift(ppm: number, atMs: number): void {
    this.#settle(atMs);
    this.#ppm = ppm;
  }

  #settle(atMs: number): void {
    this.#skewMs += ((atMs - this.#sinceMs) * this.#ppm) / 1e6;
    this.#sinceMs = atMs;
  }
}
