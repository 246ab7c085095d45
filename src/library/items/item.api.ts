import { z } from 'zod';
import { CHIMES, SOUND_VERDICTS } from '../../../media/index.js';
import { STATUSES } from '../engine/approval.js';
import { ITEM_KINDS, THIRD_PARTIES } from '../engine/kinds.js';
import { LONGEST_TITLE } from '../engine/script-text.js';
import { USUAL_SPEECH } from '../engine/speech-choice.js';
import { AUDIO_STATES } from './item.entity.js';

/** Letters are counted as they are kept: one with its marks is one, however it was typed. */
const label = z.string().normalize('NFC').trim().max(200);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const versionNumber = z.int().min(1).max(1_000_000);
/** How long a text may be is said by `library.textTooLong`. */
const text = z.string();

const localDay = z.iso.date();

const metadata = {
  title: z.string().normalize('NFC').max(LONGEST_TITLE),
  topic: label.default(''),
  /** 1 general, 2 sudden, 3 policy and law, 4 direction by local authority, 5 science, economy, culture, 6 good examples. */
  field: z.int().min(1).max(6).default(1),
  audience: z.array(label.min(1)).max(30).default([]),
  /** E.g. tổng hợp, đánh giá, mô hình, gương người tốt. */
  form: label.default(''),
  programme: label.default(''),
  sourceOffice: label.default(''),
  /** Who pays for it. */
  sponsor: label.default(''),
  /** The author as named on air or in print. */
  byline: label.default(''),
  /** First and last local day on air, both included. */
  validFrom: localDay.nullable().default(null),
  validTo: localDay.nullable().default(null),
  /** A notice for somebody outside the office: approving it asks for the checklist. */
  thirdParty: z.enum(THIRD_PARTIES).nullable().default(null),
} as const;

/** BCP 47. */
const language = z
  .string()
  .max(35)
  .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
  .default('vi');

const place = {
  areaId: z.string().max(64),
  language,
  planLineId: z.string().min(1).max(64).nullable().default(null),
  /** An item whose content this one says in another language. */
  languageOf: z.string().min(1).max(64).nullable().default(null),
} as const;

const chime = z.enum([...CHIMES, 'none']).default('none');

export const speechChoice = z.object({
  voice: z.string().min(1).max(64).nullable().default(USUAL_SPEECH.voice),
  /** 1 is an announcer's pace, 0.8 slow. */
  rate: z.number().min(0.5).max(2).default(USUAL_SPEECH.rate),
  pauseMs: z.int().min(0).max(5_000).default(USUAL_SPEECH.pauseMs),
  paragraphPauseMs: z.int().min(0).max(10_000).default(USUAL_SPEECH.paragraphPauseMs),
  repeat: z.union([z.literal(1), z.literal(2)]).default(USUAL_SPEECH.repeat),
  chimeBefore: chime,
  chimeAfter: chime,
});

const speech = speechChoice.nullable().default(null);
const streamUrl = z.string().max(2_000);

const notice = {
  templateId: z.string().min(1).max(64),
  /** Null: the one that the notice was made from, else the newest. */
  templateVersion: versionNumber.nullable().default(null),
  /** By the key of the field; dates as `2026-11-25`, times as `07:30`. */
  fields: z.record(z.string().max(64), z.string()),
} as const;

export const newItem = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('script'), ...place, ...metadata, text, speech }),
  /** The sound is uploaded afterwards; the text is its transcript. */
  z.object({ kind: z.literal('recording'), ...place, ...metadata, text: text.nullable().default(null) }),
  /** Another station, by the address of its stream; the text says what it is. */
  z.object({ kind: z.literal('relay'), ...place, ...metadata, text: text.nullable().default(null), streamUrl }),
  /** The file is uploaded afterwards; the text is its caption. */
  z.object({ kind: z.enum(['picture', 'video']), ...place, ...metadata, text: text.nullable().default(null) }),
  z.object({ kind: z.literal('boardText'), ...place, ...metadata, text }),
  /** The text is made from a template; what is left out here, the template says. */
  z.object({
    kind: z.literal('notice'),
    ...place,
    ...metadata,
    title: metadata.title.default(''),
    field: metadata.field.unwrap().nullable().default(null),
    ...notice,
    speech,
  }),
]);
export type NewItem = z.infer<typeof newItem>;
/** As clients send it: with the defaults left out. */
export type NewItemRequest = z.input<typeof newItem>;

export const metadataChange = z.object({
  ...metadata,
  planLineId: z.string().min(1).max(64).nullable().optional(),
});
export type MetadataChange = z.infer<typeof metadataChange>;

export const contentChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('relay'), streamUrl }),
  /** Words that were changed by hand are replaced by what the template makes of the fields. */
  z.object({ kind: z.literal('notice'), ...notice }),
]);
export type ContentChange = z.infer<typeof contentChange>;

/** Null: the usual way. */
export const speechChange = z.object({ speech: speechChoice.nullable() });
export type SpeechChange = z.infer<typeof speechChange>;

export const textChange = z.object({ text });
export type TextChange = z.infer<typeof textChange>;

export const versionQuery = z.object({ version: z.coerce.number().pipe(versionNumber).optional() });
export type VersionQuery = z.infer<typeof versionQuery>;

export const audioQuery = versionQuery.extend({
  format: z.enum(['opus', 'mp3']).default('opus'),
});
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
  /** What the sound is like, measured; `verdict` says it in plain codes: none means fine. */
  sound: z
    .object({
      rangeLu: z.number(),
      noiseFloorDb: z.number().nullable(),
      clippedSamples: z.number(),
      speechRatio: z.number(),
      trimmedStartMs: z.number(),
      trimmedEndMs: z.number(),
      verdict: z.array(z.enum(SOUND_VERDICTS)),
    })
    .nullable(),
  /** What the machine said, sentence by sentence, and when in the first reading. */
  spoken: z.array(z.object({ said: z.string(), startMs: z.int(), endMs: z.int() })).nullable(),
  /** 0 to 100 each, for the picture of the sound. */
  peaks: z.array(z.int()).nullable(),
  /** The same sound as MP3, for standard players: `/audio?format=mp3`. */
  mp3Bytes: z.int().nullable(),
  /** Made from a person's recording; false: spoken by the machine. */
  uploaded: z.boolean(),
});

const metadataView = z.object({
  title: z.string(),
  topic: z.string(),
  field: z.int(),
  audience: z.array(z.string()),
  form: z.string(),
  programme: z.string(),
  sourceOffice: z.string(),
  sponsor: z.string(),
  byline: z.string(),
  validFrom: z.string().nullable(),
  validTo: z.string().nullable(),
  thirdParty: z.enum(THIRD_PARTIES).nullable(),
});

const itemContent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('relay'), streamUrl: z.string() }),
  z.object({
    kind: z.literal('notice'),
    templateId: z.string(),
    templateVersion: versionNumber,
    fields: z.record(z.string(), z.string()),
    /** The text was changed by hand and is no longer what the template makes of the fields. */
    ownWords: z.literal(true).optional(),
  }),
  z.object({
    kind: z.enum(['picture', 'video']),
    sha256,
    type: z.string(),
    bytes: z.int(),
    fileName: z.string(),
    /** Pixels. */
    width: z.int(),
    height: z.int(),
    /** Null: a picture. */
    durationMs: z.int().nullable(),
  }),
]);

export const versionView = z.object({
  n: versionNumber,
  text: z.string().nullable(),
  textSha256: sha256.nullable(),
  metadata: metadataView,
  content: itemContent.nullable(),
  contentSha256: sha256.nullable(),
  speech: speechChoice.nullable(),
  author: person,
  /** Sửa và duyệt: the approver who changed words of the author. */
  correctedBy: person.nullable(),
  /** Who read it aloud, where a person did. */
  speakerName: z.string().nullable(),
  createdAtMs: z.int(),
  status: z.enum(STATUSES),
  statusReason: z.string().nullable(),
  /** Who sent it for approval; null: nobody yet, or a duty officer aired it first. */
  submittedBy: person.nullable(),
  submittedAtMs: z.int().nullable(),
  /** What was confirmed when a notice of a third party was approved. */
  checklist: z
    .object({ senderVerified: z.boolean(), noAdvertising: z.boolean(), categoryRight: z.boolean() })
    .nullable(),
  /** Who found this audio right, in a language that no voice speaks. */
  reviewer: person.nullable(),
  /** Who took the last decision, for whom, and when. */
  approver: person.nullable(),
  onBehalfOf: z.string().nullable(),
  decidedAtMs: z.int().nullable(),
  /** Aired before it was approved, by whom, and until when it must be judged (hậu kiểm). */
  airedByName: z.string().nullable(),
  reviewDueAtMs: z.int().nullable(),
  audio: audioView,
});
export type VersionView = z.infer<typeof versionView>;

export const itemSummary = z.object({
  id: z.string(),
  /** Language versions of one content share it. */
  groupId: z.string(),
  areaId: z.string(),
  kind: z.enum(ITEM_KINDS),
  ...metadataView.shape,
  language: z.string(),
  /** Who asked for it to be broadcast. */
  requestId: z.string().nullable(),
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

/** A page of versions, the oldest first. */
export const versionsQuery = z.object({
  /** Only those with a smaller number; without it the newest. */
  before: z.coerce.number().pipe(versionNumber).optional(),
});
export type VersionsQuery = z.infer<typeof versionsQuery>;
export const versionList = z.array(versionView);

/** The newest versions, the oldest of them first. A client polls it while an audio state is `rendering`. */
export const itemView = itemSummary.extend({
  /** The same content in other languages. */
  siblings: z.array(
    z.object({
      id: z.string(),
      language: z.string(),
      title: z.string(),
      status: z.enum(STATUSES),
      audioState: z.enum(AUDIO_STATES),
    }),
  ),
  versions: versionList,
  /** Older ones that are not shown here: `/versions?before=`. */
  moreVersions: z.int(),
});
export type ItemView = z.infer<typeof itemView>;
