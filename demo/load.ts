import type { ApiClient } from './api-client.js';
import { localDay, localTime, shifted, slotOf } from './calendar.js';
import type { District, Script } from './district.js';

interface Area {
  readonly id: string;
  readonly code: string;
  readonly kind: string;
}
interface Cluster {
  readonly id: string;
  readonly code: string;
}
interface Item {
  readonly id: string;
  readonly title: string;
  readonly versions: readonly {
    readonly textSha256: string | null;
    readonly audio: {
      readonly state: string;
      readonly sha256: string | null;
      readonly bytes: number | null;
      readonly durationMs: number | null;
      readonly problem: { vi: string } | null;
    };
  }[];
}
export interface ReadyItem {
  readonly id: string;
  readonly title: string;
  readonly audioSha256: string;
  readonly bytes: number;
  readonly durationMs: number;
}

/** Passwords of a database that lives as long as the demo. */
export const DEMO_PASSWORD = 'vang-demo-2026';
export const LOGINS = { administrator: 'quantri', author: 'bientap', approver: 'lanhdao', monitor: 'giamsat' } as const;

/** Everything an office does before the first broadcast, through the API that it would use. */
export class DemoLoader {
  #areas = new Map<string, Area>();
  #clusters = new Map<string, Cluster>();

  constructor(
    private readonly administrator: ApiClient,
    private readonly district: District,
    private readonly nowMs: number,
  ) {}

  async areasAndPeople(): Promise<void> {
    await this.administrator.post('/api/areas/imports', { csv: this.district.areasCsv });
    await this.administrator.post('/api/clusters/imports', { csv: this.district.clustersCsv });
    this.#areas = new Map((await this.administrator.get<Area[]>('/api/areas')).map((area) => [area.code, area]));
    this.#clusters = new Map(
      (await this.administrator.get<Cluster[]>('/api/clusters')).map((cluster) => [cluster.code, cluster]),
    );
    const areaId = this.#area('HQ').id;
    const people = [
      { login: LOGINS.author, name: 'Biên tập viên (tập dượt)', role: 'contentOffice' },
      { login: LOGINS.approver, name: 'Lãnh đạo duyệt (tập dượt)', role: 'approver' },
      { login: LOGINS.monitor, name: 'Giám sát (tập dượt)', role: 'monitor' },
    ];
    for (const { login, name, role } of people)
      await this.administrator.post('/api/accounts', {
        login,
        name,
        password: DEMO_PASSWORD,
        grants: [{ role, areaId }],
      });
  }

  /** @returns the id of the line that asks for the radio scripts */
  async plan(): Promise<string> {
    const { plan } = this.district;
    const on = (date: string) => shifted(date, plan, this.nowMs);
    const free = (text: string | string[]) => (Array.isArray(text) ? text.join('\n') : text);
    const created = await this.administrator.post<{ lines: { id: string; kind: string }[] }>('/api/plans', {
      areaId: this.#area('HQ').id,
      number: plan.number,
      title: plan.title,
      issuer: plan.issuer,
      issuedOn: on(plan.date),
      periodFrom: on(plan.period.from),
      periodTo: on(plan.period.to),
      reportDeadline: on(plan.reportDeadline),
      legalBasis: free(plan.legalBasis),
      funding: free(plan.funding),
      audiences: plan.audiences,
      recipients: plan.recipients,
      note: `Dữ liệu tập dượt: ngày tháng của kế hoạch gốc (${plan.date.split('-').reverse().join('/')}) đã được dời về hiện tại; cách chia ấp là giả định.`,
      lines: plan.lines.map(({ kind, title, target, unit, criterion }) => ({ kind, title, target, unit, criterion })),
    });
    const line = created.lines.find((each) => each.kind === 'radioScript');
    if (!line) throw new Error('the plan has no line for radio scripts');
    return line.id;
  }

  /** Writes the scripts; speech is made in the background. @returns ids in the order of the scripts */
  async writeScripts(author: ApiClient, planLineId: string): Promise<string[]> {
    const ids: string[] = [];
    for (const script of this.district.scripts) ids.push(await this.#writeScript(author, script, planLineId));
    return ids;
  }

  /** A short bulletin with which a technician tests a new loudspeaker: outside the plan. */
  writeTestBulletin(author: ApiClient): Promise<string> {
    const text = 'Đây là bản tin thử loa của đài truyền thanh. Nếu bà con nghe rõ, xin báo cho trưởng ấp. Xin cảm ơn.';
    return this.#writeScript(
      author,
      {
        title: 'Bản tin thử loa',
        topic: 'kỹ thuật',
        field: 1,
        audience: [],
        form: 'tổng hợp',
        language: 'vi',
        programme: '',
        sourceOffice: '',
        text,
      },
      null,
    );
  }

  async #writeScript(author: ApiClient, script: Omit<Script, 'planLine'>, planLineId: string | null): Promise<string> {
    const { title, topic, field, audience, form, language, programme, sourceOffice, text } = script;
    const item = await author.post<{ id: string }>('/api/items', {
      kind: 'script',
      areaId: this.#area('HQ').id,
      title,
      topic,
      field,
      audience,
      form,
      language,
      programme,
      sourceOffice,
      planLineId,
      text,
    });
    return item.id;
  }

  /** Waits for the sound, sends for approval, and lets the other person approve what is heard. */
  async approveWhenReady(
    author: ApiClient,
    approver: ApiClient,
    id: string,
    pause: () => Promise<void>,
  ): Promise<ReadyItem> {
    for (;;) {
      const item = await author.get<Item>(`/api/items/${id}`);
      const version = item.versions.at(-1);
      const audio = version?.audio;
      if (audio?.state === 'failed') throw new Error(`${item.title}: ${audio.problem?.vi ?? 'không tạo được tiếng'}`);
      if (version && audio?.state === 'ready' && audio.sha256 !== null) {
        await author.post(`/api/items/${id}/submit`);
        await approver.post(`/api/items/${id}/approve`, { textSha256: version.textSha256, audioSha256: audio.sha256 });
        return {
          id,
          title: item.title,
          audioSha256: audio.sha256,
          bytes: audio.bytes ?? 0,
          durationMs: audio.durationMs ?? 0,
        };
      }
      await pause();
    }
  }

  /** Each script once in every commune, in the days ahead: 12 × 20 entries, all or none. */
  async schedule(author: ApiClient, items: readonly ReadyItem[]): Promise<void> {
    const entries = this.district.communeCodes.flatMap((code) =>
      items.map((item, index) => ({
        areaId: this.#area(code).id,
        itemId: item.id,
        recurrence: { kind: 'once', ...slotOf(index, this.nowMs) },
      })),
    );
    await author.post('/api/entries/bulk', { entries });
  }

  /** The test bulletin on the test cluster, `inMs` from now. */
  async scheduleTest(author: ApiClient, item: ReadyItem, atMs: number): Promise<void> {
    await author.post('/api/entries', {
      areaId: this.#area('HQ').id,
      itemId: item.id,
      recurrence: { kind: 'once', date: localDay(atMs), time: localTime(atMs) },
      volume: 100,
      clusterIds: [this.testCluster.id],
    });
  }

  /** Clusters of the hamlets: one simulated controller each. */
  get hamletClusters(): Cluster[] {
    return [...this.#clusters.values()].filter((cluster) => cluster.code !== TEST_CLUSTER);
  }

  get testCluster(): Cluster {
    const cluster = this.#clusters.get(TEST_CLUSTER);
    if (!cluster) throw new Error(`${TEST_CLUSTER} is missing in the clusters`);
    return cluster;
  }

  async claimFor(cluster: Cluster): Promise<string> {
    return (await this.administrator.post<{ claim: string }>(`/api/clusters/${cluster.id}/claims`)).claim;
  }

  #area(code: string): Area {
    const area = this.#areas.get(code);
    if (!area) throw new Error(`${code} is missing in the areas`);
    return area;
  }
}

const TEST_CLUSTER = 'CL-HQ-TEST';
