import { setTimeout as wait } from 'node:timers/promises';
import type { DemoService } from '../../demo/service.js';
import { SmallDistrict } from './small-district.js';

/** One commune with so many clusters, all of them of its one hamlet; `path`: the commune, and what is above it. */
export async function manyClusters(
  service: DemoService,
  count: number,
): Promise<{ readonly district: SmallDistrict; readonly path: readonly string[] }> {
  const district = await SmallDistrict.load(service, 1, 'Thông báo thử.', async () => void (await wait(50)));
  const header = 'code,areaCode,name,latitude,longitude,horns,hamletCodes';
  // One cluster is there already.
  for (let from = 2; from <= count; from += 1_000) {
    const lines = Array.from(
      { length: Math.min(1_000, count - from + 1) },
      (_, i) => `CL${from + i},C,Cụm ${from + i},,,2,H1`,
    );
    await district.administrator.post('/api/clusters/imports', { csv: [header, ...lines].join('\n') });
  }
  const areas = await district.administrator.get<{ id: string; code: string }[]>('/api/areas');
  return { district, path: ['C', 'P'].map((code) => areas.find((area) => area.code === code)?.id ?? '') };
}
