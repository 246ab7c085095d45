import { z } from 'zod';
import { newEntry, recurrence } from '../entries/entry.api.js';
import type { Entry } from '../entries/entry.entity.js';
import type { LunarRule } from './engine/calendar-series.js';

/** What `X-VANG-ENTRY` holds. */
export function settingsOf(entry: Entry): Readonly<Record<string, unknown>> {
  const { runningOrder, slot, place, late, interrupted, graceMs, volume } = entry;
  const { devices, clusterIds, groupIds, hamletIds } = entry;
  return { runningOrder, slot, place, late, interrupted, graceMs, volume, devices, clusterIds, groupIds, hamletIds };
}

const TARGET = ['devices', 'clusterIds', 'groupIds', 'hamletIds'];

const SETTINGS = z.object({
  ...Object.fromEntries(
    ['slot', 'place', 'late', 'interrupted', 'graceMs', 'volume', ...TARGET].map((name) => [name, z.unknown()]),
  ),
  runningOrder: z.unknown(),
});

/** What a file says of an entry, to be judged at the door. @returns null: it is no such text; empty: nothing is said */
export function readSettings(text: string | null): Readonly<Record<string, unknown>> | null {
  return text === null ? {} : (SETTINGS.safeParse(jsonOf(text)).data ?? null);
}

/** @returns null: it is no such text */
export function readLunar(text: string): LunarRule | null {
  const read = recurrence.safeParse(jsonOf(text)).data;
  return read?.kind === 'lunar' ? read : null;
}

/** At the door of single entries. @returns null: it would not be let in */
export const requestOf = (request: Readonly<Record<string, unknown>>) => newEntry.safeParse(request).data ?? null;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
