import { z } from 'zod';

export const clusterView = z.object({
  id: z.string(),
  code: z.string(),
  areaId: z.string(),
  name: z.string(),
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  horns: z.int(),
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

/** CSV as text; the header is code,areaCode,name,latitude,longitude,horns,hamletCodes (several divided by `;`). */
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
});
export type AlarmView = z.infer<typeof alarmView>;
