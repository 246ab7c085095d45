import type { EntityManager } from 'typeorm';
import { type DeviceRecord, FILES } from '../../proof/pack/contents.js';
import type { Audit } from '../accounts/index.js';
import type { AreaService } from '../areas/index.js';
import { type EnrolmentStory, enrolmentStories } from '../fleet/index.js';
import { doubtsOf } from '../receipts/index.js';

export interface PackDevice {
  readonly record: DeviceRecord;
  /** Pictures of its record, by name, with their place in the content store. */
  readonly pictures: readonly { readonly name: string; readonly sha256: string }[];
}

interface Rooms {
  readonly audit: Audit;
  readonly areas: AreaService;
}

/** Who let each device in, when, with what keys, and what the handover shows. */
export async function devicesOfPack(
  reader: EntityManager,
  { audit, areas }: Rooms,
  controllerIds: readonly string[],
): Promise<PackDevice[]> {
  const stories = await enrolmentStories(reader, controllerIds);
  const doers = await audit.doersOf(
    reader,
    'claim.created',
    stories.flatMap(({ claimId }) => claimId ?? []),
  );
  const doubts = await doubtsOf(reader, controllerIds);
  const devices: PackDevice[] = [];
  for (const story of stories) {
    const area = await areas.byId(reader, story.cluster.areaId);
    const enrolledBy = (story.claimId && doers.get(story.claimId)) || story.handover?.technicianName || null;
    const doubtedFromMs = doubts.get(story.controller.id) ?? null;
    const place = { id: story.cluster.areaId, name: area?.name ?? story.cluster.name };
    devices.push(deviceOf(story, place, { enrolledBy, doubtedFromMs }));
  }
  return devices;
}

function deviceOf(
  { controller, cluster, keys, handover, photos }: EnrolmentStory,
  area: { readonly id: string; readonly name: string },
  { enrolledBy, doubtedFromMs }: Pick<DeviceRecord, 'enrolledBy' | 'doubtedFromMs'>,
): PackDevice {
  const pictures = photos.map(({ sha256, type }, n) => ({ name: FILES.photo(controller.id, n + 1, type), sha256 }));
  const drawn = handover?.signatureSha256 ?? null;
  const signature = drawn === null ? null : { name: FILES.handoverSignature(controller.id), sha256: drawn };
  const record: DeviceRecord = {
    ...{ v: 2, device: controller.id, model: controller.model, serial: controller.serial },
    simulated: controller.simulated,
    cluster: { id: cluster.id, code: cluster.code, name: cluster.name, reach: cluster.reach },
    ...{ area, enrolledAtMs: controller.enrolledAtMs, enrolledBy },
    keys: keys.map(({ publicKey, fromMs, untilMs }) => ({ publicKey, fromMs, untilMs })),
    revoked:
      controller.revokedAtMs === null ? null : { atMs: controller.revokedAtMs, reason: controller.revokedReason },
    doubtedFromMs,
    handover: handover && {
      ...{ technician: handover.technicianName, signedBy: handover.signedName, signedAtMs: handover.signedAtMs },
      ...{ latitude: handover.latitude, longitude: handover.longitude },
      ...{ testTone: handover.testTone, note: handover.note.slice(0, 2_000) },
      ...{ photos: pictures.map(({ name }) => name), signature: signature?.name ?? null },
    },
  };
  return { record, pictures: signature ? [...pictures, signature] : pictures };
}
