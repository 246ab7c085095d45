import { toBase64Url, toHex } from '../../devices/protocol/index.js';
import { nodeEngine } from '../cli/node-engine.js';
import { MANIFEST, type PackedFile, readManifest, SIGNATURE, signedManifestBytes } from '../pack/manifest.js';
import { directoryOf, storedEntry } from '../pack/writer.js';
import { contentAt, descriptor, type Entry, listEntries, localHeader } from '../pack/zip.js';
import { type Draft } from './pack.js';

/** A file as it stands in an archive, and what is said of it there and in the manifest. */
export interface Part {
  readonly said: PackedFile;
  readonly packed: Uint8Array;
}

/** Files of a pack that holds, but for its manifest. */
export function partsOf(pack: Uint8Array): Part[] {
  const listed = listEntries(pack);
  if (!listed.ok) throw new Error(listed.problem);
  const at = (name: string) => {
    const entry = listed.entries.find((each) => each.name === name);
    if (!entry) throw new Error(`no ${name}`);
    return pack.subarray(contentAt(entry), contentAt(entry) + entry.packedBytes);
  };
  const read = readManifest(Buffer.from(at(MANIFEST)).toString());
  if (!read.ok) throw new Error(read.problem);
  return read.manifest.files.map((said) => ({ said, packed: at(said.name) }));
}

/** An archive of one spelling with these files under a manifest that says the same of them, signed by the draft's signer, true or not. */
export function assembled({ head, signer, root }: Draft, parts: readonly Part[], version = 2): Uint8Array {
  const files = parts.map(({ said }) => said);
  const manifest = { format: 'vang-evidence', v: version, root, kid: signer.kid, ...head, files };
  const text = Buffer.from(JSON.stringify(manifest));
  const signature = Buffer.from(toBase64Url(signer.sign(signedManifestBytes(toHex(nodeEngine.sha256(text))))));
  const entries: { readonly entry: Entry; readonly content: Uint8Array }[] = [
    ...parts.map(({ said: { name, bytes, crc32, packed }, packed: content }) => ({
      entry: { name, stored: false, crc32, bytes, packedBytes: packed.bytes },
      content,
    })),
    { entry: storedEntry(MANIFEST, text), content: text },
    { entry: storedEntry(SIGNATURE, signature), content: signature },
  ];
  const pieces: Uint8Array[] = [];
  const written: { readonly entry: Entry; readonly offset: number }[] = [];
  let offset = 0;
  for (const { entry, content } of entries) {
    written.push({ entry, offset });
    for (const piece of [localHeader(entry), content, descriptor(entry)]) {
      pieces.push(piece);
      offset += piece.length;
    }
  }
  return new Uint8Array(Buffer.concat([...pieces, ...directoryOf(written, offset)]));
}
