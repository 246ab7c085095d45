import { z } from 'zod';
import { STATUSES } from '../engine/approval.js';
import { ITEM_KINDS } from '../engine/kinds.js';
import { metadataChange, speechChoice } from '../items/item.api.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const epochMs = z.int().min(0);
const name = z.string().max(500);
const fileSize = z.int().min(0).max(2_000_000_000);
const stored = z.object({ sha256, bytes: fileSize });

/** Types that a browser only ever shows as a picture or a film. */
const SHOWN_TYPES = ['image/jpeg', 'image/png', 'image/webp', 'video/mp4'] as const;

const content = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('relay'), streamUrl: z.string().max(2_000) }),
  z.object({
    kind: z.literal('notice'),
    templateId: z.string().max(64),
    templateVersion: z.int().min(1),
    fields: z.record(z.string().max(100), z.string().max(20_000)),
    ownWords: z.literal(true).optional(),
  }),
  z.object({
    kind: z.enum(['picture', 'video']),
    sha256,
    type: z.enum(SHOWN_TYPES),
    bytes: fileSize,
    fileName: name,
    width: z.int().min(1),
    height: z.int().min(1),
    durationMs: z.int().min(1).nullable(),
  }),
]);

const audio = stored.extend({
  type: z
    .string()
    .max(100)
    .regex(/^audio\/[\w.+-]+(; ?codecs=[\w.]+)?$/),
  durationMs: z.int().min(1),
  mp3: stored.nullable(),
  loudness: z
    .object({
      inputLufs: z.number(),
      outputLufs: z.number(),
      gainDb: z.number(),
      truePeakDb: z.number(),
      limited: z.boolean(),
    })
    .nullable(),
  /** What was measured; shown, never decided on. */
  sound: z.looseObject({}).nullable(),
  peaks: z.array(z.int().min(0).max(100)).max(10_000).nullable(),
  spoken: z
    .array(z.object({ said: z.string().max(20_000), startMs: z.int().min(0), endMs: z.int().min(0) }))
    .max(10_000)
    .nullable(),
});

const version = z.object({
  n: z.int().min(1).max(1_000_000),
  text: z.string().max(200_000).nullable(),
  /** Of the UTF-8 bytes of the text. */
  textSha256: sha256.nullable(),
  metadata: metadataChange.omit({ planLineId: true }),
  content: content.nullable(),
  speech: speechChoice.nullable(),
  /** Names as text: there are no such accounts elsewhere. */
  authorName: name,
  correctedByName: name.nullable(),
  speakerName: name.nullable(),
  createdAtMs: epochMs,
  status: z.enum(STATUSES),
  statusReason: z.string().max(20_000).nullable(),
  submittedByName: name.nullable(),
  submittedAtMs: epochMs.nullable(),
  reviewerName: name.nullable(),
  approverName: name.nullable(),
  onBehalfOf: name.nullable(),
  decidedAtMs: epochMs.nullable(),
  airedByName: name.nullable(),
  /** As somebody uploaded it: `uploads/<sha256>`. */
  upload: stored.nullable(),
  /** As it goes on air: `audio/<sha256>.ogg`, and `.mp3` beside it. */
  audio: audio.nullable(),
});
export type ArchivedVersion = z.infer<typeof version>;

const decision = z.object({
  version: z.int(),
  status: z.string().max(40),
  approverName: name.nullable(),
  onBehalfOf: name.nullable(),
  decidedAtMs: epochMs.nullable(),
});

/** One item with all its versions, as it stands outside of a database. Files are named by their hash. */
export const archivedItem = z.object({
  id: z.string().min(1).max(64),
  /** Language versions of one content share it. */
  groupId: z.string().min(1).max(64),
  areaCode: z.string().max(100),
  areaName: name,
  kind: z.enum(ITEM_KINDS),
  language: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  planLineId: z.string().max(64).nullable(),
  createdAtMs: epochMs,
  approvedVersion: z.int().min(1).nullable(),
  /** Where it came from before, and what was decided on it there. */
  origin: z
    .object({ installation: z.string().max(200), itemId: z.string().max(64), decisions: z.array(decision).max(10_000) })
    .nullable()
    .default(null),
  /** The oldest first. */
  versions: z.array(version).min(1).max(10_000),
});
export type ArchivedItem = z.infer<typeof archivedItem>;

export interface ArchivedFile {
  readonly folder: 'audio' | 'uploads' | 'media';
  readonly ending: '' | '.ogg' | '.mp3';
  readonly sha256: string;
  readonly bytes: number;
}

/** Everything that lies beside the item in an archive. */
export function filesOf({ versions }: Pick<ArchivedItem, 'versions'>): ArchivedFile[] {
  return versions.flatMap(({ upload, audio, content }) => {
    const files: ArchivedFile[] = [];
    if (upload) files.push({ folder: 'uploads', ending: '', sha256: upload.sha256, bytes: upload.bytes });
    if (audio) files.push({ folder: 'audio', ending: '.ogg', sha256: audio.sha256, bytes: audio.bytes });
    if (audio?.mp3) files.push({ folder: 'audio', ending: '.mp3', sha256: audio.mp3.sha256, bytes: audio.mp3.bytes });
    if (content && 'sha256' in content)
      files.push({ folder: 'media', ending: '', sha256: content.sha256, bytes: content.bytes });
    return files;
  });
}

export const pathOf = ({ folder, sha256, ending }: ArchivedFile): string => `${folder}/${sha256}${ending}`;

/** All that it says, whatever became of it where it is: the same twice is one. Sound that was made from it does not count. */
export const contentOfArchived = ({ kind, language, versions }: ArchivedItem): string =>
  JSON.stringify([
    kind,
    language,
    versions.map(({ n, text, metadata, content, speech, authorName, createdAtMs, upload }) => [
      [n, text, metadata, content, speech, authorName, createdAtMs],
      upload?.sha256 ?? null,
    ]),
  ]);
