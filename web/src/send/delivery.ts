import { Refused } from '../wire.js';
import type { Received, SendApi, Wish } from './api.js';
import { attempted, type Draft, type DraftFile } from './draft.js';
import { type KeptDraft, newKey } from './kept.js';

/** A file that the browser does not have any more. */
export class FileLost extends Error {
  constructor(readonly fileName: string) {
    super(fileName);
  }
}

export interface DeliveryActs {
  /** Each change is kept at once, so that a try that breaks off goes on where it stopped. */
  readonly changed: (draft: Draft) => void;
  readonly progress: (n: string, part: number) => void;
}

/** Sends what is not there yet, then the request that names it. @throws Refused, FileLost, or an error for a lost line */
export async function deliver(api: SendApi, kept: KeptDraft, draft: Draft, acts: DeliveryActs): Promise<Received> {
  try {
    return await deliverOnce(api, kept, draft, acts);
  } catch (error) {
    if (!(error instanceof Refused) || error.code !== 'requests.fileUnknown') throw error;
    // The service forgets files that no request named for a day; they are still here.
    const afresh = { ...draft, files: draft.files.map((file) => ({ ...file, sentId: null })) };
    return deliverOnce(api, kept, afresh, acts);
  }
}

async function deliverOnce(
  api: SendApi,
  kept: KeptDraft,
  draft: Draft,
  { changed, progress }: DeliveryActs,
): Promise<Received> {
  let now = draft;
  for (const file of draft.files) {
    if (file.sentId !== null) continue;
    const blob = await kept.get(file.n);
    if (!blob) throw new FileLost(file.fileName);
    progress(file.n, 0);
    const sentId = await api.file(blob, file.fileName, (part) => progress(file.n, Math.min(part, 0.99)));
    progress(file.n, 1);
    now = { ...now, files: now.files.map((each): DraftFile => (each.n === file.n ? { ...each, sentId } : each)) };
    changed(now);
  }
  const ready = attempted(now, newKey);
  changed(ready);
  return api.wish(wishOf(ready), ready.attempt.key);
}

function wishOf({ title, text, wanted, urgent, thirdParty, language, files }: Draft): Wish {
  return {
    title,
    text: text.trim() === '' ? null : text,
    wanted: wanted.trim() === '' ? null : wanted,
    urgent,
    thirdParty: thirdParty === '' ? null : thirdParty,
    language,
    files: files.flatMap(({ sentId }) => sentId ?? []),
  };
}
