import { z } from 'zod';
import { LONGEST_TITLE, THIRD_PARTIES } from '../../library/index.js';
import { MOST_FILES } from '../engine/limits.js';
import { SENDER_KINDS } from '../engine/senders.js';
import { SENT_NOTES } from '../engine/sent-text.js';

export const sentRequest = z.object({
  /** Empty: the first line of the text, or the sender's name, stands for it. */
  title: z.string().max(LONGEST_TITLE).default(''),
  /** How long it may be is said by `requests.textTooLong`; here only what nobody can mean. */
  text: z.string().max(200_000).nullable().default(null),
  /** BCP 47: what the text is written, or the voice speaks, in. */
  language: z
    .string()
    .max(35)
    .regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/)
    .default('vi'),
  thirdParty: z.enum(THIRD_PARTIES).nullable().default(null),
  /** When it should be on air, in the sender's own words. */
  wanted: z.string().max(200).nullable().default(null),
  urgent: z.boolean().default(false),
  /** Ids that `/files` answered, in their order. */
  files: z.array(z.string().min(1).max(64)).max(MOST_FILES).default([]),
});
export type SentRequestBody = z.infer<typeof sentRequest>;

/** mới gửi / đang soạn / đã duyệt phát / từ chối */
export const PUBLIC_STATES = ['new', 'drafted', 'approved', 'declined'] as const;

const sentView = z.object({
  id: z.string(),
  title: z.string(),
  receivedAtMs: z.int(),
  urgent: z.boolean(),
  files: z.int(),
  state: z.enum(PUBLIC_STATES),
  /** Why it was declined. */
  reason: z.string().nullable(),
});
export type SentView = z.infer<typeof sentView>;

/** What the page without an account shows: the sender's own matters and nothing else of the installation. */
export const senderView = z.object({
  senderKind: z.enum(SENDER_KINDS),
  senderName: z.string(),
  areaName: z.string(),
  validUntilMs: z.int(),
  mostPerDay: z.int(),
  leftToday: z.int(),
  longestText: z.int(),
  mostFiles: z.int(),
  mostFileBytes: z.int(),
  /** The last twenty, the newest first. */
  requests: z.array(sentView),
});
export type SenderView = z.infer<typeof senderView>;

export const receivedView = sentView.extend({
  leftToday: z.int(),
  /** What was cleaned away, or kept but better left out. */
  notes: z.array(z.enum(SENT_NOTES)),
});
export type ReceivedView = z.infer<typeof receivedView>;

export const fileView = z.object({
  id: z.string(),
  /** As it was tidied. */
  fileName: z.string(),
  type: z.string(),
  family: z.enum(['audio', 'document']),
  bytes: z.int(),
});
export type FileView = z.infer<typeof fileView>;
