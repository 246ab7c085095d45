import { deviceKeyOf, NodeCrypto, newPrivateKeyPem } from '../player/adapters/crypto.js';
import { EnrolmentRefused, enrol } from '../player/adapters/enrolment.js';
import { decodeClaim, fromBase64Url } from '../protocol/index.js';
import type { DeviceConfig } from './stdio.js';
import type { Enrolled } from './world.js';

const ATTEMPTS = 4;
const AGAIN_MS = 1_000;
/** One for the process: the keys that all devices judge by are parsed once. */
const crypto = new NodeCrypto();

/** Enrols as a controller does, saying that it is simulated; rejects with a reason that names what to do. */
export async function enrolSimulated(config: DeviceConfig, mqttUrl?: string): Promise<Enrolled> {
  const claim = decodeClaim(config.claim);
  if (!claim) throw new EnrolmentRefused('Mã đăng ký không đọc được. / The claim cannot be read.');
  const key = deviceKeyOf(newPrivateKeyPem());
  const ask = { claim, key, model: config.model, serial: config.serial, simulated: true };
  const enrolled = await withPatience(() => enrol(ask, crypto));
  return {
    serial: config.serial,
    battery: config.battery,
    token: enrolled.token,
    mqttUrl: mqttUrl ?? enrolled.mqttUrl,
    httpUrl: enrolled.url,
    keySet: enrolled.keySet,
    env: {
      crypto,
      signer: key,
      identity: enrolled.identity,
      rootPublicKey: fromBase64Url(enrolled.rootPublicKey),
      simulated: true,
      capabilities: config.capabilities,
    },
  };
}

/** A busy service is asked again, with the same key and so safely; one that refuses is not. */
async function withPatience<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof EnrolmentRefused || attempt === ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS * attempt * (0.5 + Math.random())));
    }
  }
}
