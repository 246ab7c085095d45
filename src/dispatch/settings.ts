export interface DispatchSettings {
  /** How long wishes are gathered before the first chunk goes out, ms. */
  readonly wishWindowMs: number;
  /** What the line from the broker to all devices together may carry, bytes per second. */
  readonly egressBytesPerSecond: number;
  /** Zone in which local days are counted. */
  readonly zone: string;
}

export const DISPATCH_SETTINGS = Symbol('DispatchSettings');
