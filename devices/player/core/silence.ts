import type { PlannedPlay } from '../../protocol/index.js';

/** Told to be silent by command, or by the button at the device: server times, `untilMs` exclusive. */
export interface Silence {
  readonly fromMs: number;
  readonly untilMs: number;
  /** Whether emergencies sound nevertheless. */
  readonly emergencies: boolean;
}

/** The button silences for so long; who pressed it can press again. An emergency that comes after it still sounds. */
export const BUTTON_SILENCE_MS = 30 * 60_000;

/** The silence after a press: never shorter, nor open to more, than one that was ordered for longer. */
export function pressed(silence: Silence | null, nowMs: number): Silence {
  const untilMs = nowMs + BUTTON_SILENCE_MS;
  if (silence && silence.fromMs <= nowMs && silence.untilMs >= untilMs) return silence;
  return { fromMs: nowMs, untilMs, emergencies: true };
}

export function silences(silence: Silence | null, play: Pick<PlannedPlay, 'class'>, atMs: number): boolean {
  if (!silence || atMs < silence.fromMs || atMs >= silence.untilMs) return false;
  return !(silence.emergencies && play.class === 'emergency');
}
