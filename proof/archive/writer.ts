import type { Signer } from '../../devices/protocol/index.js';
import { type Hasher, type PackSource, writeBound } from '../pack/writer.js';
import { ARCHIVE_FORMAT, type ArchiveHead, type ArchiveManifest, writtenArchiveManifest } from './manifest.js';

export interface ArchiveOptions {
  readonly head: ArchiveHead;
  /** SHA-256 of the root key, hex. */
  readonly root: string;
  readonly signer: Signer;
  readonly hasher: () => Hasher;
}

/** The bytes of an archive, in the spelling of a pack. */
export function writeArchive(
  files: AsyncIterable<PackSource> | Iterable<PackSource>,
  { head, root, signer, hasher }: ArchiveOptions,
): AsyncGenerator<Uint8Array> {
  const { madeAtMs, demo, name, rule, received, checkpoint, counts } = head;
  const manifest = (listed: ArchiveManifest['files']) =>
    writtenArchiveManifest({
      ...{ format: ARCHIVE_FORMAT, v: 1, root, kid: signer.kid },
      ...{ madeAtMs, demo, name, rule, received, checkpoint, counts },
      files: listed,
    });
  return writeBound(files, { format: ARCHIVE_FORMAT, manifest: (listed) => manifest([...listed]), signer, hasher });
}
