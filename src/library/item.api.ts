import { z } from 'zod';
import { STATUSES } from './engine/approval.js';
import { LONGEST_TITLE } from './engine/script-text.js';
import { AUDIO_STATES, ITEM_KINDS } from './item.entity.js';

const label = z.string().trim().max(200);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const versionNumber = z.int().min(1).max(1_000_000);
/** How long a text may be is said by `library.textTooLong`; here only what nobody can mean. */
const text = z.string().max(200_000);

const metadata = {
  title: z.string().max(LONGEST_TITLE),
  topic: label.default(''),
  /** 1 general, 2 sudden, 3 policy and law, 4 direction by local authority, 5 science, economy, culture, 6 good examples. */
  field: z.int().min(1).max(6).default(1),
  audience: z.array(label.min(1)).max(30).default([]),
  /** E.g. tổng hợp, đánh giá, mô hình, gương người tốt. */
  form: label.default(''),
  /** BCP 47. */
  language: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .default('vi'),
  programme: label.default(''),
  sourceOffice: label.default(''),
  planLineId: z.string().min(1).max(64).nullable().default(null),
} as const;

export const newItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('script'), areaId: z.string().max(64), ...metadata, text }),
  /** The sound is uploaded afterwards; the text is its transcript. */
  z.object({
    kind: z.literal('recording'),
    areaId: z.string().max(64),
    ...metadata,
    text: text.nullable().default(null),
  }),
]);
export type NewItem = z.infer<typeof newItem>;
/** As clients send it: with the defaults left out. */
export type NewItemRequest = z.input<typeof newItem>;

export const textChange = z.object({ text });
export type TextChange = z.infer<typeof textChange>;

const reason = z.string().trim().min(1).max(1_000);
/** What the approver read and heard; anything else has changed meanwhile. */
export const approval = z.object({ textSha256: sha256.nullable().default(null), audioSha256: sha256 });
export type Approval = z.infer<typeof approval>;
export const reasoned = z.object({ reason });
export type Reasoned = z.infer<typeof reasoned>;
/** Without a version: the one that is approved, else the current one. */
export const withdrawal = z.object({ reason: reason.nullable().default(null), version: versionNumber.optional() });
export type Withdrawal = z.infer<typeof withdrawal>;

export const itemQuery = z.object({
  /** Content of this area and of those below it. */
  areaId: z.string().max(64).optional(),
  /** Of the current version. */
  status: z.enum(STATUSES).optional(),
  /** Words of the title, with or without diacritics. */
  search: z.string().max(100).optional(),
  planLineId: z.string().max(64).optional(),
});
export type ItemQuery = z.infer<typeof itemQuery>;

export const audioQuery = z.object({ version: z.coerce.number().pipe(versionNumber).optional() });
export type AudioQuery = z.infer<typeof audioQuery>;

const person = z.object({ id: z.string(), name: z.string() });

export const audioView = z.object({
  state: z.enum(AUDIO_STATES),
  /** Why there is none, with a stable code and in both languages. */
  problem: z.object({ code: z.string(), vi: z.string(), en: z.string() }).nullable(),
  sha256: sha256.nullable(),
  bytes: z.int().nullable(),
  type: z.string().nullable(),
  durationMs: z.int().nullable(),
  /** EBU R 128, before and after levelling. */
  loudness: z
    .object({
      inputLufs: z.number(),
      outputLufs: z.number(),
      gainDb: z.number(),
      truePeakDb: z.number(),
      limited: z.boolean(),
    })
    .nullable(),
  /** Made from a person's recording; false: spoken by the machine. */
  uploaded: z.boolean(),
});

export const versionView = z.object({
  n: versionNumber,
  text: z.string().nullable(),
  textSha256: sha256.nullable(),
  author: person,
  createdAtMs: z.int(),
  status: z.enum(STATUSES),
  statusReason: z.string().nullable(),
  /** Who took the last decision, and when. */
  approver: person.nullable(),
  decidedAtMs: z.int().nullable(),
  audio: audioView,
});
export type VersionView = z.infer<typeof versionView>;

export const itemSummary = z.object({
  id: z.string(),
  areaId: z.string(),
  kind: z.enum(ITEM_KINDS),
  title: z.string(),
  topic: z.string(),
  field: z.int(),
  audience: z.array(z.string()),
  form: z.string(),
  language: z.string(),
  programme: z.string(),
  sourceOffice: z.string(),
  planLineId: z.string().nullable(),
  createdAtMs: z.int(),
  currentVersion: versionNumber,
  /** The version that may go on air. */
  approvedVersion: versionNumber.nullable(),
  /** Of the current version, like the following. */
  status: z.enum(STATUSES),
  audioState: z.enum(AUDIO_STATES),
  audioDurationMs: z.int().nullable(),
});
export type ItemSummary = z.infer<typeof itemSummary>;

/** The oldest version first. A client polls it while an audio state is `rendering`. */
export const itemView = itemSummary.extend({ versions: z.array(versionView) });
export type ItemView = z.infer<typeof itemView>;
