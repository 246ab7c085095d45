import { z } from 'zod';
import { BOX_STATES } from './stock.entity.js';

/**
 * CSV as text; the header is serial,model,claimCode,publicKey,simCarrier,simNumber,simIccid,simExpiresOn,simQuotaMb; all but the
 * first two may be empty or missing. Without a claim code we make one, and print it.
 */
export const stockImport = z.object({
  areaId: z.string().min(1).max(64),
  maker: z.string().trim().min(1).max(100),
  name: z.string().trim().min(1).max(100),
  csv: z.string().min(1).max(900_000),
});
export type StockImport = z.infer<typeof stockImport>;

export const batchView = z.object({
  id: z.string(),
  areaId: z.string(),
  maker: z.string(),
  name: z.string(),
  boxes: z.int(),
  importedByName: z.string(),
  importedAtMs: z.int(),
});
export type BatchView = z.infer<typeof batchView>;

export const boxView = z.object({
  id: z.string(),
  batchId: z.string(),
  model: z.string(),
  serial: z.string(),
  /** `waiting`: chờ lắp đặt; `trial`: lắp thử, not handed over yet; `installed`: handed over, has not called yet; `enrolled`. */
  state: z.enum(BOX_STATES),
  clusterId: z.string().nullable(),
  controllerId: z.string().nullable(),
  calledAtMs: z.int().nullable(),
  /** The last signs of its number or card, to know the SIM by. */
  sim: z.string().nullable(),
});
export type BoxView = z.infer<typeof boxView>;

export const boxQuery = z.object({
  state: z.enum(BOX_STATES).optional(),
  batchId: z.string().max(64).optional(),
});
export type BoxQuery = z.infer<typeof boxQuery>;

/** The text of a QR code, or the code in it, as somebody types it. */
export const boxScan = z.object({ claim: z.string().min(16).max(2_000) });
export type BoxScan = z.infer<typeof boxScan>;
