import { TELEMETRY_EVERY_MS } from '../../../devices/protocol/index.js';
import { DAY_MS } from './local-days.js';

export const FIGURES = [
  'signalDbm',
  'temperatureC',
  'supplyVolts',
  'freeBytes',
  'memoryBytes',
  'clockErrorMs',
  'volumePercent',
] as const;
export type FigureName = (typeof FIGURES)[number];

export interface Figure {
  readonly min: number;
  readonly avg: number;
  readonly max: number;
}
/** What nothing was measured of is left out. */
export type DayFigures = Partial<Record<FigureName, Figure>>;

export type Measured = { readonly [Name in FigureName]: number | null } & {
  readonly atMs: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
};

export interface RolledDay {
  readonly messages: number;
  /** 0 to 1 */
  readonly uptimeShare: number;
  readonly bytesUp: number;
  readonly bytesDown: number;
  readonly figures: DayFigures;
}

/** A message tells that the device lived since the one before, if that is no longer ago than this; or for the usual pause. */
const REACH_MS = 2 * TELEMETRY_EVERY_MS;

/**
 * A local day of one device.
 * @param messages of that day, by time
 * @param startMs the midnight with which it begins, UTC epoch ms
 */
export function rollUp(messages: readonly Measured[], startMs: number): RolledDay {
  let heardMs = 0;
  let untilMs = startMs;
  for (const { atMs } of messages) {
    const from = atMs - untilMs <= REACH_MS ? untilMs : atMs - TELEMETRY_EVERY_MS;
    heardMs += atMs - from;
    untilMs = atMs;
  }
  // The last one speaks for the pause that follows it, as far as the day goes.
  if (messages.length > 0) heardMs += Math.min(TELEMETRY_EVERY_MS, startMs + DAY_MS - untilMs);
  return {
    messages: messages.length,
    uptimeShare: Math.min(1, heardMs / DAY_MS),
    bytesUp: sum(messages.map(({ bytesUp }) => bytesUp)),
    bytesDown: sum(messages.map(({ bytesDown }) => bytesDown)),
    figures: Object.fromEntries(
      FIGURES.flatMap((name) => {
        const values = messages.flatMap((message) => (message[name] === null ? [] : [message[name]]));
        return values.length > 0 ? [[name, figureOf(values)]] : [];
      }),
    ),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function figureOf(values: readonly number[]): Figure {
  return { min: Math.min(...values), avg: sum(values) / values.length, max: Math.max(...values) };
}
