import { chown, mkdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { enrolmentAnswer, identity } from '../../protocol/index.js';
import { type DeviceKey, deviceKeyOf, newPrivateKeyPem } from './crypto.js';
import { syncFolder, writeWhole } from './files.js';

/** What enrolment gave this device, already verified. */
const enrolled = z.object({
  v: z.literal(1),
  /** Address of the service, from the claim. */
  url: z.url(),
  simulated: z.boolean(),
  token: enrolmentAnswer.shape.token,
  mqttUrl: enrolmentAnswer.shape.mqttUrl,
  rootPublicKey: enrolmentAnswer.shape.rootPublicKey,
  keySet: enrolmentAnswer.shape.keySet,
  identity,
});
export type Enrolled = z.infer<typeof enrolled>;

const PRIVATE = 0o600;

/**
 * The device's secrets on disk, readable by its user alone, each file whole or absent. `device.key` is its key;
 * `device.key.next` one that it would change to. `identity.json` decides: the key that it names is the device's.
 */
export class IdentityFile {
  constructor(private readonly folder: string) {}

  /** The stored key, or a new one that is stored before anybody hears of it: enrolment may be repeated with the same key. */
  async key(): Promise<DeviceKey> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    await this.#endChange();
    const held = await readIfThere(this.#keyPath);
    if (held !== null) return deviceKeyOf(held);
    const pem = newPrivateKeyPem();
    await writeWhole(this.#keyPath, pem, PRIVATE);
    return deviceKeyOf(pem);
  }

  async read(): Promise<Enrolled | null> {
    const text = await readIfThere(this.#path);
    return text === null ? null : enrolled.parse(JSON.parse(text));
  }

  async write(value: Enrolled): Promise<void> {
    await writeWhole(this.#path, JSON.stringify(value), PRIVATE);
  }

  /** Stores a key to change to, unless one waits already. */
  async orderKeyChange(): Promise<void> {
    if (await this.nextKey()) return;
    await writeWhole(this.#nextPath, newPrivateKeyPem(), PRIVATE);
    // Whoever administers the machine orders it for the player's user.
    const { uid, gid } = await stat(this.folder);
    if (process.getuid?.() === 0) await chown(this.#nextPath, uid, gid);
  }

  /** The key that waits to become the device's. A file that holds no key is none. */
  async nextKey(): Promise<DeviceKey | null> {
    const pem = await readIfThere(this.#nextPath);
    try {
      return pem === null ? null : deviceKeyOf(pem);
    } catch {
      return null;
    }
  }

  /** `value` names the key that waited. The former one goes once this is on the disk, not before. */
  async changeKey(value: Enrolled): Promise<void> {
    await this.write(value);
    await this.#endChange();
  }

  async #endChange(): Promise<void> {
    const [next, held] = [await this.nextKey(), await this.read()];
    if (next === null || held === null || held.identity.publicKey !== next.publicKey) return;
    await rename(this.#nextPath, this.#keyPath);
    await syncFolder(this.folder);
  }

  get #path(): string {
    return join(this.folder, 'identity.json');
  }

  get #keyPath(): string {
    return join(this.folder, 'device.key');
  }

  get #nextPath(): string {
    return join(this.folder, 'device.key.next');
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
