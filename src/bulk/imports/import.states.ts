export const IMPORT_STATES = ['open', 'running', 'stopped', 'failed', 'done'] as const;
export type ImportState = (typeof IMPORT_STATES)[number];

export const LINE_STATES = ['waiting', 'done', 'refused', 'duplicate'] as const;
export type LineState = (typeof LINE_STATES)[number];
/** `entry`: a file inside an archive; `item`: one content of an export. */
export const LINE_KINDS = ['file', 'archive', 'library', 'entry', 'item'] as const;
export type LineKind = (typeof LINE_KINDS)[number];
