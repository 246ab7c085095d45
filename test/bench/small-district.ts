import { createServer } from 'node:net';
import { ApiClient } from '../../demo/api-client.js';
import { localDay, localTime } from '../../demo/calendar.js';
import { DEMO_PASSWORD, LOGINS } from '../../demo/load.js';
import type { DemoService } from '../../demo/service.js';

/** A free port of loopback. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise<void>((closed) => server.close(() => closed()));
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

interface Item {
  readonly versions: readonly {
    readonly textSha256: string;
    readonly audio: { readonly state: string; readonly sha256: string; readonly durationMs: number };
  }[];
}

/** One commune with `clusters` hamlets and one approved item: what failure benches need and no more. */
export class SmallDistrict {
  #item = { id: '', durationMs: 0 };

  private constructor(
    readonly administrator: ApiClient,
    readonly author: ApiClient,
    private readonly approver: ApiClient,
    readonly communeId: string,
    readonly clusters: readonly { readonly id: string; readonly code: string }[],
    private readonly pause: () => Promise<void>,
  ) {}

  /** The item made last: what is scheduled. */
  get itemId(): string {
    return this.#item.id;
  }

  get durationMs(): number {
    return this.#item.durationMs;
  }

  static async load(
    service: Pick<DemoService, 'logIn'>,
    clusters: number,
    text: string,
    pause: () => Promise<void>,
  ): Promise<SmallDistrict> {
    const administrator = await service.logIn(LOGINS.administrator);
    const hamlets = Array.from({ length: clusters }, (_, i) => String(i + 1));
    await administrator.post('/api/areas/imports', {
      csv: [
        'code,parentCode,kind,name',
        'P,,province,Tỉnh',
        'C,P,commune,Xã',
        ...hamlets.map((n) => `H${n},C,hamlet,Ấp ${n}`),
      ].join('\n'),
    });
    await administrator.post('/api/clusters/imports', {
      csv: [
        'code,areaCode,name,latitude,longitude,horns,hamletCodes',
        ...hamlets.map((n) => `CL${n},C,Cụm ${n},,,2,H${n}`),
      ].join('\n'),
    });
    const areas = await administrator.get<{ id: string; code: string }[]>('/api/areas');
    const communeId = areas.find((area) => area.code === 'C')?.id ?? '';
    for (const [login, role] of [
      [LOGINS.author, 'operator'],
      [LOGINS.approver, 'approver'],
    ] as const)
      await administrator.post('/api/accounts', {
        login,
        name: login,
        password: DEMO_PASSWORD,
        grants: [{ role, areaId: communeId }],
      });
    const author = await service.logIn(LOGINS.author);
    const approver = await service.logIn(LOGINS.approver);
    const known = await administrator.get<{ id: string; code: string }[]>('/api/clusters');
    const district = new SmallDistrict(administrator, author, approver, communeId, known, pause);
    await district.addItem('Bản tin thử', text, null);
    return district;
  }

  /** Writes a script, waits for its sound, and has it approved by the other person. */
  async addItem(title: string, text: string, planLineId: string | null): Promise<void> {
    const script = { kind: 'script', areaId: this.communeId, title, text, planLineId };
    const { id } = await this.author.post<{ id: string }>('/api/items', script);
    await this.approve(id);
  }

  /** Waits for the item's sound and has it approved by the other person; from now on it is what is scheduled. */
  async approve(id: string): Promise<void> {
    for (;;) {
      const version = (await this.author.get<Item>(`/api/items/${id}`)).versions.at(-1);
      if (version?.audio.state === 'failed') throw new Error('no audio could be made');
      if (version?.audio.state === 'ready') {
        await this.author.post(`/api/items/${id}/submit`);
        await this.approver.post(`/api/items/${id}/approve`, {
          textSha256: version.textSha256,
          audioSha256: version.audio.sha256,
        });
        this.#item = { id, durationMs: version.audio.durationMs };
        return;
      }
      await this.pause();
    }
  }

  async claim(index: number): Promise<string> {
    return (await this.administrator.post<{ claim: string }>(`/api/clusters/${this.clusters[index]?.id}/claims`)).claim;
  }

  /** One entry each, at these instants, for every cluster or for those named by index. */
  async scheduleAt(instants: readonly number[], clusters?: readonly number[]): Promise<void> {
    const clusterIds = clusters?.map((index) => this.clusters[index]?.id) ?? null;
    const entries = instants.map((ms) => ({
      areaId: this.communeId,
      itemId: this.itemId,
      clusterIds,
      recurrence: { kind: 'once', date: localDay(ms), time: localTime(ms) },
    }));
    await this.author.post('/api/entries/bulk', { entries });
  }

  /** Every day of the plan, `perDay` times from 04:00, far enough apart not to meet. */
  async scheduleDaily(perDay: number, nowMs: number): Promise<void> {
    const everyMs = Math.floor((19 * 3_600_000) / perDay / 1_000) * 1_000;
    const entries = Array.from({ length: perDay }, (_, i) => {
      const time = new Date(4 * 3_600_000 + i * everyMs).toISOString().slice(11, 19);
      return {
        areaId: this.communeId,
        itemId: this.itemId,
        recurrence: { kind: 'daily', from: localDay(nowMs + 86_400_000), until: null, time },
      };
    });
    await this.author.post('/api/entries/bulk', { entries });
  }
}
