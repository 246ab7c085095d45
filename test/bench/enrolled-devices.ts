import { NestFactory } from '@nestjs/core';
import { deviceKeyOf, newPrivateKeyPem } from '../../devices/player/adapters/crypto.js';
import { decodeClaim, proofBytes, toBase64Url } from '../../devices/protocol/index.js';
import { actorFrom } from '../../src/accounts/session.service.js';
import { AppModule } from '../../src/app.module.js';
import { assemblePlatform, dispatchSettingsOf } from '../../src/assemble.js';
import { readConfig } from '../../src/config/index.js';
import { PlanPublisher } from '../../src/dispatch/index.js';
import { ClusterService } from '../../src/fleet/cluster.service.js';
import { EnrolmentService } from '../../src/fleet/enrolment/enrolment.service.js';
import { newId } from '../../src/platform/database/index.js';
import { PublicAddress } from '../../src/platform/http/index.js';
import { silentLog } from '../../src/platform/logging/log.js';

export interface EnrolledDevice {
  readonly id: string;
  readonly token: string;
  /** Its area and those above it. */
  readonly path: readonly string[];
  /** PEM. */
  readonly privateKey: string;
  readonly clusterId: string;
}

/**
 * Enrols a controller at every cluster of a service that is down, and makes its plan, by the service's own code in this process:
 * over HTTP 5,000 of them would take minutes of the bench.
 */
export async function enrolEverywhere(
  dataFolder: string,
  path: readonly string[],
  more: Readonly<Record<string, string>> = {},
): Promise<EnrolledDevice[]> {
  const config = readConfig({ VANG_DATA: dataFolder, VANG_DEMO: 'true', ...more });
  const platform = assemblePlatform(config, silentLog);
  await platform.database.start();
  await platform.store.start();
  await platform.keys.start();
  const quiet = { logger: false, abortOnError: false } as const;
  const app = await NestFactory.createApplicationContext(AppModule.of(platform, dispatchSettingsOf(config)), quiet);
  try {
    app.get(PublicAddress, { strict: false }).set({ http: 'http://127.0.0.1:1', mqtt: 'mqtt://127.0.0.1:1' });
    const root = actorFrom({ id: newId(), name: 'bench' }, [{ role: 'administrator', areaPath: '/' }]);
    const enrolment = app.get(EnrolmentService, { strict: false });
    const clusters = await app.get(ClusterService, { strict: false }).list(root);
    const devices: EnrolledDevice[] = [];
    for (const { id } of clusters) {
      const claim = decodeClaim((await enrolment.createClaim(root, id)).claim);
      if (!claim) throw new Error('no claim');
      const privateKey = newPrivateKeyPem();
      const key = deviceKeyOf(privateKey);
      const { code } = claim;
      const { device, token } = await enrolment.enrol({
        v: 1,
        code,
        publicKey: key.publicKey,
        model: 'bench',
        serial: `S${devices.length}`,
        simulated: true,
        proof: toBase64Url(key.sign(proofBytes(code, key.publicKey))),
      });
      devices.push({ id: device, token, path, privateKey, clusterId: id });
    }
    await app.get(PlanPublisher, { strict: false }).refresh();
    return devices;
  } finally {
    await app.close();
    await platform.store.stop();
    await platform.database.stop();
  }
}
