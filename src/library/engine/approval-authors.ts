import type { ItemContent } from './kinds.js';

/** As much of a version as its authors are known by. */
export interface Authored {
  readonly n: number;
  readonly authorId: string;
  readonly textSha256: string | null;
  readonly uploadSha256: string | null;
  readonly content: ItemContent | null;
}

/**
 * The authors of a version: whoever made it, and whoever made the text, the recording, the picture or the like that it
 * still carries. Else an author could have somebody else touch their work, and approve it.
 * @param all every version of the item, with this one
 */
export function authorsOf(version: Authored, all: readonly Authored[]): ReadonlySet<string> {
  const sameContent = (other: Authored) =>
    other.n === version.n ||
    (other.textSha256 !== null && other.textSha256 === version.textSha256) ||
    (other.uploadSha256 !== null && other.uploadSha256 === version.uploadSha256) ||
    (other.content !== null && JSON.stringify(other.content) === JSON.stringify(version.content));
  return new Set([version.authorId, ...all.filter(sameContent).map(({ authorId }) => authorId)]);
}
