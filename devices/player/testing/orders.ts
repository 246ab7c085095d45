import { type Command, type CommandBody, type PlannedPlay, signJws, topics } from '../../protocol/index.js';
import { SERVICE } from './keys.js';
import { at, audioNamed, playOf } from './plans.js';
import { DEVICE, World } from './world.js';

export const NOON = at('12:00:00');
export const SIREN = audioNamed('siren');
export const morning = (world = NOON): World => World.ready(world, [playOf(at('17:00'), { play: 'evening' })]);

let named = 0;
export function ordered(body: CommandBody, nowMs: number, change: Partial<Command> = {}): Command {
  const id = `command-${++named}`;
  return { v: 1, id, to: { device: DEVICE }, issuedAt: nowMs, expiresAt: nowMs + 60_000, body, ...change };
}

/** Sends it on the device's own topic, or on that of the area it names. */
export function send(world: World, order: Command, signer = SERVICE): void {
  const payload = signJws('vang-command', order, signer);
  const topic = 'area' in order.to ? topics.area(order.to.area, 'commands') : topics.down(DEVICE, 'commands');
  world.deliver({ topic, payload });
}

export const statesOf = (world: World, id: string) =>
  world.service.heard
    .filter(({ topic, message }) => topic === topics.up(DEVICE, 'commands') && message.command === id)
    .map(({ message }) => (message.reason ? `${message.state} ${message.reason}` : message.state));
export const reportsOf = (world: World) =>
  world.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'reports')).map(({ message }) => message.code);
export const eventsOf = (world: World) =>
  world.service.heard.filter(({ topic }) => topic === topics.up(DEVICE, 'events')).map(({ message }) => message.kind);

export const siren = (startMs: number, options: Partial<Omit<PlannedPlay, 'audio'>> = {}): PlannedPlay =>
  playOf(startMs, { play: 'siren', class: 'emergency', audio: SIREN, durationMs: 20_000, ...options });
