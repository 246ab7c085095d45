import { z } from 'zod';

/** Where the next page begins: among the open (`o`) or the closed (`c`) entries, after this one. */
const pageMark = z.string().regex(/^[oc][0-9a-z]{26}$/);

export const inboxQuery = z.object({
  after: pageMark.optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type InboxQuery = z.infer<typeof inboxQuery>;

export const noticeView = z.object({
  id: z.string(),
  kind: z.string(),
  /** In the reader's language, as plain text. */
  title: z.string(),
  body: z.string(),
  /** Path in this service. */
  link: z.string(),
  areaPath: z.string(),
  /** The matter still waits. */
  open: z.boolean(),
  createdAtMs: z.int(),
  /** Null: new, or reminded of since. */
  seenAtMs: z.int().nullable(),
  dueAtMs: z.int().nullable(),
  reminders: z.int(),
});
export type NoticeView = z.infer<typeof noticeView>;

/** Open ones first, of each the newest first. `next` goes into `after`; null: that was all. */
export const inboxPage = z.object({ notices: z.array(noticeView), next: z.string().nullable() });
export type InboxPage = z.infer<typeof inboxPage>;

export const inboxCount = z.object({ open: z.int(), unseen: z.int() });
export type InboxCount = z.infer<typeof inboxCount>;

const languages = z.enum(['vi', 'en']);
export const preferenceChange = z.object({ email: z.boolean(), push: z.boolean(), language: languages.optional() });
export type PreferenceChange = z.infer<typeof preferenceChange>;

/** What is wanted, and whether there is where to send it. */
export const preferenceView = z.object({
  email: z.boolean(),
  push: z.boolean(),
  /** Of mails and pushes; the inbox follows the browser. */
  language: languages,
  /** The service sends mail, and the account has an address. */
  emailPossible: z.boolean(),
  pushBrowsers: z.int(),
});
export type PreferenceView = z.infer<typeof preferenceView>;

/** As `PushSubscription.toJSON()` of a browser; what else that holds is ignored. */
export const newSubscription = z.object({
  endpoint: z.string().min(1).max(2_000),
  keys: z.object({
    /** Uncompressed point of P-256 (65 bytes), and 16 bytes, base64url (RFC 8291). */
    p256dh: z.string().regex(/^[A-Za-z0-9_-]{87}$/),
    auth: z.string().regex(/^[A-Za-z0-9_-]{22}$/),
  }),
});
export type NewSubscription = z.infer<typeof newSubscription>;

export const subscriptionView = z.object({ id: z.string(), host: z.string(), createdAtMs: z.int() });
export type SubscriptionView = z.infer<typeof subscriptionView>;

export const pushKeyView = z.object({ key: z.string() });
