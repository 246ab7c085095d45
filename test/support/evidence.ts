import type { ControllerState } from '../../src/fleet/state/state.entity.js';
import { StateService } from '../../src/fleet/state/state.service.js';
import type { Station } from './station.js';

/** What is known of a device from now on, as if it had told so. */
export async function learnOf(
  station: Station,
  device: { readonly id: string },
  evidence: Partial<ControllerState>,
): Promise<void> {
  const lessons = new Map([[device.id, [(known: object) => ({ ...known, ...evidence }) as never]]]);
  await station.database.write((tx) => station.get(StateService).learn(tx, lessons));
}
