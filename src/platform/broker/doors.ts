import type { ListenerSettings, ListeningAt } from './messages.js';

/** Where the embedded broker can be reached: which doors it has and what their addresses are. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  /** Only if it listens for WebSocket. */
  readonly webSocketPort?: number;
}

interface Wishes {
  readonly host: string;
  readonly port: number;
  readonly certificate?: unknown;
  readonly webSocketPort?: number | null;
}

/** @param at where it listened before, if it did: the ports stay, because clients look for it there */
export function doorsOf(wishes: Wishes, at: readonly ListeningAt[]): ListenerSettings[] {
  const { host, port, webSocketPort = null } = wishes;
  const tls = !!wishes.certificate;
  const door = (name: ListenerSettings['name'], wished: number, changes: Partial<ListenerSettings> = {}) => ({
    name,
    host,
    port: at.find((each) => each.name === name)?.port ?? wished,
    tls,
    webSocket: false,
    ...changes,
  });
  const doors = [door('clients', port)];
  // The service does not leave the machine, and so needs nobody's certificate.
  if (tls) doors.push(door('service', 0, { host: '127.0.0.1', tls: false }));
  if (webSocketPort !== null) doors.push(door('webSocket', webSocketPort, { webSocket: true }));
  return doors;
}

export function addressOf(at: readonly ListeningAt[]): BrokerAddress {
  const { host, port } = listening(at, 'clients');
  const webSocket = at.find(({ name }) => name === 'webSocket');
  return { host, port, ...(webSocket ? { webSocketPort: webSocket.port } : {}) };
}

/** `host:port` for somebody on this machine. The service comes in by the clients' door unless that one speaks TLS. */
export function reach(at: readonly ListeningAt[], name: 'clients' | 'service'): string {
  const { host, port } = listening(at, name);
  const reachable = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function listening(at: readonly ListeningAt[], name: 'clients' | 'service'): ListeningAt {
  const found = at.find((each) => each.name === name) ?? at.find((each) => each.name === 'clients');
  if (!found) throw new Error('The embedded broker has no address before start()');
  return found;
}
