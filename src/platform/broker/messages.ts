import type { Certificate } from '../tls/index.js';

/** Who may use the broker, and for what. Topics are MQTT filters; the broker does not know what they mean. */
export interface Principal {
  readonly username: string;
  /** SHA-256 of the password, 64 hex digits. Passwords are 256 random bits, so a fast hash is enough and 5,000 reconnects stay cheap. */
  readonly passwordSha256: string;
  /** Filters it may publish to. */
  readonly publish: readonly string[];
  /** Filters it may subscribe to: a requested filter must ask for no more than one of these. */
  readonly subscribe: readonly string[];
  /** Filters on which it may set the retain flag (it needs the publish right too). Default: none. */
  readonly retain?: readonly string[];
  /** Otherwise the client id must equal the username. */
  readonly anyClientId?: boolean;
}

export interface BrokerLimits {
  /** Largest MQTT packet taken from a client, fixed header included. */
  readonly maxPacketBytes: number;
  /** A socket that has not sent its whole CONNECT by then is closed. */
  readonly connectTimeoutMs: number;
  readonly maxConnections: number;
  /** Longest keepalive a client may ask for; 0 ("never") is refused too, since it would leave dead sockets open for ever. */
  readonly maxKeepaliveSeconds: number;
  /** Filters one session may hold at a time. */
  readonly maxSubscriptions: number;
  /** Packets of any kind that one session may send a minute; the service itself is free. */
  readonly maxPacketsPerMinute: number;
  /** With more than this unsent, a client loses QoS 0 messages. */
  readonly dropAboveBytes: number;
  /** With more than this unsent, a client is cut off. */
  readonly cutAboveBytes: number;
  /** A client whose socket took not one byte for this long, while some were waiting, is cut off. */
  readonly stalledAfterMs: number;
}

export const defaultLimits: BrokerLimits = {
  maxPacketBytes: 300 * 1024,
  connectTimeoutMs: 10_000,
  maxConnections: 20_000,
  maxKeepaliveSeconds: 1_200,
  maxSubscriptions: 200,
  // A device says a few a minute; a morning's backlog of receipts goes out in batches.
  maxPacketsPerMinute: 12_000,
  dropAboveBytes: 1024 * 1024,
  cutAboveBytes: 8 * 1024 * 1024,
  stalledAfterMs: 30_000,
};

export const VIOLATION_KINDS = [
  'publish',
  'retain',
  'subscribe',
  'filters', // more of them than one session may hold
  'will',
  'size',
  'flood',
  'clientId',
] as const;
export type ViolationKind = (typeof VIOLATION_KINDS)[number];
export interface Violation {
  readonly username: string;
  readonly kind: ViolationKind;
  /** Topic, filter or client id that was refused; empty for `size` and `flood`. */
  readonly topic: string;
}

/** Logins with a principal's name and another password than its own, since the last such report. */
export interface WrongPassword {
  readonly username: string;
  readonly logins: number;
}

/** A client that was cut off because it did not read what it had subscribed to. */
export interface Overrun {
  readonly username: string;
  readonly reason: 'unsent' | 'stalled' | 'flood';
  readonly unsentBytes: number;
}

export interface BrokerStats {
  readonly connections: number;
  readonly sessions: number;
  /** Bytes waiting in user space for all clients together. */
  readonly unsentBytes: number;
  /** QoS 0 messages not forwarded because the receiver had too much unsent. */
  readonly droppedForwards: number;
  /** Clients cut off for not reading. */
  readonly overruns: number;
  readonly violations: number;
  readonly refusedLogins: number;
}

/** Those who hold one filter. */
export interface Audience {
  readonly receivers: number;
  /** Of the one with the most that is not left behind: bytes waiting in user space. */
  readonly unsentBytes: number;
}

export interface ListenerSettings {
  readonly name: 'clients' | 'service' | 'webSocket';
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly tls: boolean;
  readonly webSocket: boolean;
}
export type ListeningAt = Pick<ListenerSettings, 'name' | 'host' | 'port'>;

export interface WorkerSettings {
  readonly listeners: readonly ListenerSettings[];
  readonly certificate: Certificate | null;
  readonly limits: BrokerLimits;
  /** The service itself. It gets a longer leash, since everything that clients publish goes to this one socket. */
  readonly service: Principal;
  readonly principals: readonly Principal[];
}

export type ToWorker =
  | { readonly seq: number; readonly kind: 'set'; readonly principals: readonly Principal[] }
  | { readonly seq: number; readonly kind: 'put'; readonly principal: Principal }
  | { readonly seq: number; readonly kind: 'remove'; readonly username: string }
  | { readonly seq: number; readonly kind: 'renew'; readonly certificate: Certificate }
  | { readonly seq: number; readonly kind: 'stats' }
  | { readonly seq: number; readonly kind: 'audience'; readonly filter: string }
  | { readonly seq: number; readonly kind: 'stop' };

export type BrokerReport =
  | { readonly kind: 'connected' | 'disconnected' | 'takenOver'; readonly username: string }
  | { readonly kind: 'violation'; readonly violation: Violation }
  | { readonly kind: 'overrun'; readonly overrun: Overrun }
  /** `wrong`: those of them in the name of a principal. */
  | { readonly kind: 'refused'; readonly logins: number; readonly wrong: readonly WrongPassword[] }
  /** Bytes written to the sockets of clients since the last such report. */
  | { readonly kind: 'sent'; readonly bytes: number }
  | { readonly kind: 'trouble'; readonly message: string };

export type FromWorker =
  | BrokerReport
  | { readonly kind: 'ready'; readonly at: readonly ListeningAt[] }
  | { readonly kind: 'done'; readonly seq: number; readonly stats?: BrokerStats; readonly audience?: Audience };
