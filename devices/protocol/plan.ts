import { z } from 'zod';
import { assetRef } from './assets.js';
import { INTERRUPTED_POLICIES } from './interruption.js';
import { LATE_POLICIES } from './late.js';
import { AUTHORITY_LEVELS, PLAY_CLASSES } from './preemption.js';
import { durationMs, epochMs, id, localDay, named, sha256Hex } from './words.js';

/** How many local days ahead of today a plan covers, today included. */
export const PLAN_DAYS = 7;

/** Sound that is not stored: its content is not verified, and the receipt says so. */
export const relaySource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('stream'), url: z.url({ protocol: /^https?$/ }).max(500) }),
  z.object({ kind: z.literal('lineIn') }),
  z.object({ kind: z.literal('fm'), mhz: z.number().min(60).max(110) }),
]);
export type RelaySource = z.infer<typeof relaySource>;

/**
 * One planned play of a day part. `play` is the identity of (occurrence, part of the running order); with the device it is
 * the unit of receipts. All instants are absolute: a device knows no time zone and no recurrence.
 */
export const plannedPlay = z.object({
  play: id,
  occurrence: id,
  part: z.int().min(0).max(999),
  startMs: epochMs,
  /** After this instant sound must be silent, whatever the policy. */
  latestEndMs: epochMs,
  late: z.enum(LATE_POLICIES),
  class: z.enum(PLAY_CLASSES),
  /** Level of the office that ordered it. Absent: `commune`. */
  level: z.enum(AUTHORITY_LEVELS).optional(),
  /** What becomes of it when another play takes the loudspeaker from it. Absent: `drop`. */
  interrupted: z.enum(INTERRUPTED_POLICIES).optional(),
  volume: z.int().min(0).max(100),
  item: z.object({
    id,
    version: z.int().min(1),
    title: z.string().min(1).max(300),
    /** SHA-256 of the approved text in NFC; absent for a recording without text. */
    textSha256: sha256Hex.optional(),
    language: z.string().min(2).max(35),
    /** `after`: aired under an emergency policy before anybody approved it (hậu kiểm). Absent: approved before. */
    approval: z.enum(['before', 'after']).optional(),
  }),
  /** Stored sound. Of a relay: what takes its place while the source gives nothing, repeated for as long as that lasts. */
  audio: assetRef.extend({
    type: z.string().max(100),
    /** How long the play lasts: of the stored sound, or as planned for the relay. */
    durationMs: durationMs.min(1),
  }),
  relay: relaySource.optional(),
});
export type PlannedPlay = z.infer<typeof plannedPlay>;

/** No day part has more plays. */
export const MAX_PART_PLAYS = 2_000;

/** All plays that start on one local day. Shared by all devices with the same plan, so it names no device. */
export const dayPart = z.object({ v: z.literal(1), day: localDay, plays: z.array(plannedPlay).max(MAX_PART_PLAYS) });
export type DayPart = z.infer<typeof dayPart>;

/** Retained per device, signed (JWS `vang-plan`). A lower version than the one held is refused. */
export const planHead = z.object({
  v: z.literal(1),
  device: id,
  /** max(previous + 1, publication time in ms). */
  version: z.int().min(1),
  publishedAt: epochMs,
  area: named,
  cluster: named,
  /** What is spoken to whom this device serves, in order; chooses among the plays of a command to an area. Absent: none. */
  languages: z.array(z.string().min(2).max(35)).max(16).optional(),
  /** Consecutive local days; a day without plays has no part. */
  from: localDay,
  until: localDay,
  /** Plays that start before this do not concern this device: it was not yet told of any (enrolled or moved since). */
  sinceMs: epochMs,
  /** First instant after `until`, and start of `from`: what this head speaks for. */
  fromMs: epochMs,
  untilMs: epochMs,
  parts: z.array(assetRef.extend({ day: localDay })).max(31),
});
export type PlanHead = z.infer<typeof planHead>;

/** Told by the device once a head is verified and kept (grade `received`). */
export const planSynced = z.object({ v: z.literal(1), device: id, version: z.int().min(1) });
