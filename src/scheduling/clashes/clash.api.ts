import { z } from 'zod';

export const clashQuery = z.object({
  areaId: z.string().min(1).max(40),
  state: z.enum(['waiting', 'decided', 'all']).default('waiting'),
});
export type ClashQuery = z.output<typeof clashQuery>;

const OTHERS = ['append', 'replace'] as const;

export const newDecision = z.object({
  /** One of the two occurrences. */
  goesFirst: z.string().min(1).max(120),
  /** `append`: the other plays behind it (phát nối tiếp); `replace`: the other does not play (phát thay thế). */
  other: z.enum(OTHERS),
});
export type NewDecision = z.output<typeof newDecision>;

const party = z.object({
  occurrence: z.string(),
  title: z.string(),
  /** Of the office whose entry it is. */
  areaName: z.string(),
});

export const clashView = z.object({
  id: z.string(),
  /** The commune that decides. */
  areaId: z.string(),
  first: party,
  second: party,
  /** Planned start of the earlier one: until then people may decide, or change their mind. */
  fromMs: z.int(),
  /** At this moment the default is recorded, unless people have decided. */
  deadlineMs: z.int(),
  /** The occurrence that goes first when nobody decides. */
  byDefault: z.string(),
  /** `gone`: the schedule no longer has it. */
  state: z.enum(['waiting', 'decided', 'gone']),
  decision: z
    .object({
      goesFirst: z.string(),
      other: z.enum(OTHERS),
      /** Nobody decided in time. */
      automatic: z.boolean(),
      byName: z.string().nullable(),
      atMs: z.int(),
    })
    .nullable(),
});
export type ClashView = z.output<typeof clashView>;
