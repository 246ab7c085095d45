import { z } from 'zod';
import { PLACE_KINDS, REACHES } from './engine/place-kind.js';

export const clusterView = z.object({
  id: z.string(),
  code: z.string(),
  areaId: z.string(),
  name: z.string(),
  /** Cụm loa, or bảng tin điện tử công cộng. */
  kind: z.enum(PLACE_KINDS),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  horns: z.int(),
  /** `transmitter`: what is played there is known to have been đưa tới máy phát, no more. */
  reach: z.enum(REACHES),
  controller: z
    .object({
      id: z.string(),
      serial: z.string(),
      model: z.string(),
      simulated: z.boolean(),
      online: z.boolean(),
      ready: z.boolean(),
      syncedVersion: z.int(),
      lastHeardAtMs: z.int().nullable(),
    })
    .nullable(),
});
export type ClusterView = z.infer<typeof clusterView>;

/**
 * CSV as text; the header is code,areaCode,name,latitude,longitude,horns,hamletCodes (several divided by `;`), and kind where wanted:
 * `loudspeakers` or `board`; where it is left out, a known place stays what it is and a new one is a cluster of loudspeakers.
 */
export const clusterImport = z.object({ csv: z.string().min(1).max(900_000) });
export type ClusterImport = z.infer<typeof clusterImport>;
export const clusterImportResult = z.object({ imported: z.int() });

/** `claim` is the text of the QR code. */
export const claimView = z.object({ id: z.string(), claim: z.string(), expiresAtMs: z.int() });

export const alarmView = z.object({
  id: z.string(),
  code: z.string(),
  /** What it means, in the reader's language. */
  title: z.string(),
  controllerId: z.string(),
  detail: z.string(),
  firstAtMs: z.int(),
  lastAtMs: z.int(),
  count: z.int(),
  acknowledgedAtMs: z.int().nullable(),
  acknowledgedByName: z.string().nullable(),
});
export type AlarmView = z.infer<typeof alarmView>;
