import { z } from 'zod';
import { isInnerPath } from './tar.js';

const path = z.string().refine(isInnerPath, 'not a path of a bundle');

/** First file of a bundle, and what a version says of itself. */
export const MANIFEST = 'manifest.json';
export const manifest = z
  .object({
    v: z.literal(1),
    release: z.int().min(1),
    name: z.string().min(1).max(60),
    /** What is started. */
    entry: path,
    /** SHA-256 of each file beside this one. */
    files: z.record(path, z.string().regex(/^[0-9a-f]{64}$/)),
  })
  .refine(({ entry, files }) => Object.hasOwn(files, entry), 'the entry is not among the files');
export type Manifest = z.infer<typeof manifest>;
