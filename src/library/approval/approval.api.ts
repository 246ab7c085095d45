import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const versionNumber = z.int().min(1).max(1_000_000);

const reason = z.string().trim().min(1).max(1_000);

const checklist = z.object({
  /** The sender is who they say they are. */
  senderVerified: z.boolean(),
  noAdvertising: z.boolean(),
  /** Enrolment, recruitment or charity. */
  categoryRight: z.boolean(),
});

/** What the approver read, heard and looked at; anything else has changed meanwhile. */
const judged = {
  textSha256: sha256.nullable().default(null),
  /** Null: a kind without sound. */
  audioSha256: sha256.nullable().default(null),
  /** Of what the kind has beside text and sound, as the view of the version says. */
  contentSha256: sha256.nullable().default(null),
  /** For the notice of a third party. */
  checklist: checklist.nullable().default(null),
} as const;

/** Default: the version that waits, else the one on air that is to be judged afterwards. */
const version = versionNumber.optional();

export const approval = z.object({ ...judged, version });
export type Approval = z.infer<typeof approval>;

export const reasoned = z.object({ reason, version });
export type Reasoned = z.infer<typeof reasoned>;

/** Without a version: the one that is approved, else the current one. */
export const withdrawal = z.object({ reason: reason.nullable().default(null), version });
export type Withdrawal = z.infer<typeof withdrawal>;

/** Sửa và duyệt. `textSha256` of the text that the approver read. */
export const correction = z.object({ text: z.string().max(200_000), version: versionNumber, textSha256: sha256 });
export type Correction = z.infer<typeof correction>;

/** The audio that was listened to. */
export const listening = z.object({ version: versionNumber, audioSha256: sha256 });
export type Listening = z.infer<typeof listening>;

/** Duyệt cả buổi. */
export const session = z.object({
  approvals: z
    .array(z.object({ itemId: z.string().min(1).max(64), version: versionNumber, ...judged }))
    .min(1)
    .max(100),
});
export type Session = z.infer<typeof session>;

const problemLine = z.object({ code: z.string(), status: z.int(), vi: z.string(), en: z.string() });
/** One line an approval, in the order sent. */
export const sessionResult = z.array(
  z.discriminatedUnion('ok', [
    z.object({ itemId: z.string(), ok: z.literal(true) }),
    z.object({ itemId: z.string(), ok: z.literal(false), problem: problemLine }),
  ]),
);
export type SessionResult = z.infer<typeof sessionResult>;
