import type { ApiClient } from './api-client.js';

interface Coverage {
  readonly plan: { readonly periodFrom: string; readonly periodTo: string };
}
interface Pack {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
}

/** Hồ sơ nghiệm thu of the whole line in the district, as an office orders and fetches it. */
export async function evidencePack(api: ApiClient, lineId: string, pause: () => Promise<void>): Promise<Buffer> {
  const { plan } = await api.get<Coverage>(`/api/plan-lines/${lineId}/coverage`);
  const areas = await api.get<{ readonly id: string; readonly kind: string }[]>('/api/areas');
  const areaId = areas.find(({ kind }) => kind === 'district')?.id;
  const order = { lineId, areaId, from: plan.periodFrom, to: plan.periodTo };
  const { id } = await api.post<Pack>('/api/evidence-packs', order);
  for (;;) {
    const { state, reason } = await api.get<Pack>(`/api/evidence-packs/${id}`);
    if (state === 'done') return api.bytes(`/api/evidence-packs/${id}/file`);
    if (state !== 'running') throw new Error(`the pack: ${state} ${reason}`);
    await pause();
  }
}
