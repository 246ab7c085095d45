const DAYS_GATHERED = 30;

/** After how long raw rows may leave the database for an archive file. */
export interface RetentionSettings {
  /** Days after which the signed texts of receipts may leave; null: never. */
  readonly receiptDays: number | null;
  /** Days after which it may leave who answered for a hamlet; null: never. */
  readonly confirmationDays: number | null;
  /** Where archives lie. */
  readonly folder: string;
  /** An archive is begun when it would be full, or when something waits for so many days: a file a month, not a file a day. */
  readonly gatherDays: number;
  /** Receipts of one archive: its rows leave in one transaction. */
  readonly mostReceipts: number;
}

/** Injection token. */
export const RETENTION_SETTINGS = Symbol('RetentionSettings');

/** Everything is kept, for ever. */
export const KEEP_EVERYTHING: RetentionSettings = {
  ...{ receiptDays: null, confirmationDays: null, folder: '.vang/archives' },
  ...{ gatherDays: DAYS_GATHERED, mostReceipts: 5_000 },
};
