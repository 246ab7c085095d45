export interface DispatchSettings {
  /** How long wishes are gathered before the first chunk goes out, ms. */
  readonly wishWindowMs: number;
  /**
   * What the service's own line may carry of audio, bytes per second; null: whatever is taken. With the embedded broker each
   * copy for a device passes that line, with another broker one upload.
   */
  readonly egressBytesPerSecond: number | null;
  /** How many bytes of audio may be on their way to the broker without its word that it has them. */
  readonly egressInFlightBytes: number;
  /** Zone in which local days are counted. */
  readonly zone: string;
}

export const DISPATCH_SETTINGS = Symbol('DispatchSettings');
