import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { enrolmentAnswer, identity } from '../../protocol/index.js';
import { type DeviceKey, deviceKeyOf, newPrivateKeyPem } from './crypto.js';
import { writeWhole } from './files.js';

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

/** The device's secrets on disk, readable by its user alone, each file whole or absent. */
export class IdentityFile {
  constructor(private readonly folder: string) {}

  /** The stored key, or a new one that is stored before anybody hears of it: enrolment may be repeated with the same key. */
  async key(): Promise<DeviceKey> {
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, 'device.key');
    const held = await readIfThere(path);
    if (held !== null) return deviceKeyOf(held);
    const pem = newPrivateKeyPem();
    await writeWhole(path, pem, PRIVATE);
    return deviceKeyOf(pem);
  }

  async read(): Promise<Enrolled | null> {
    const text = await readIfThere(this.#path);
    return text === null ? null : enrolled.parse(JSON.parse(text));
  }

  async write(value: Enrolled): Promise<void> {
    await writeWhole(this.#path, JSON.stringify(value), PRIVATE);
  }

  get #path(): string {
    return join(this.folder, 'identity.json');
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
