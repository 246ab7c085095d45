import { Injectable } from '@nestjs/common';
import { AreaService } from '../../areas/index.js';
import { ClusterService } from '../../fleet/index.js';
import { Database } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { type Judgement, outcomeBy, PLAY_OUTCOMES, type PlayOutcomeName } from '../engine/outcome.js';
import { evidenceOf } from '../engine/tally.js';
import type { DayQuery, DayView } from './day.api.js';
import { type PlayOfDay, playsBetween } from './day.queries.js';

const DAY_MS = 86_400_000;

/** One day of the loudspeakers of an area, play by play. */
@Injectable()
export class DayService {
  constructor(
    private readonly database: Database,
    private readonly areas: AreaService,
    private readonly clusters: ClusterService,
  ) {}

  /** Of the clusters that lie in the area today. */
  async ofArea(actor: Actor, { areaId, day }: DayQuery): Promise<DayView> {
    const fromMs = Date.parse(`${day}T00:00:00+07:00`);
    return this.database.read(async (reader) => {
      const area = await this.areas.seen(reader, actor, areaId);
      actor.demand('coverage.read', area.path);
      const clusters = (await this.clusters.under(reader, area.path)).filter(({ kind }) => kind === 'loudspeakers');
      const ids = clusters.map(({ id }) => id);
      const played = new Map<string, PlayOfDay[]>(ids.map((id) => [id, []]));
      for (const play of await playsBetween(reader, ids, fromMs, fromMs + DAY_MS))
        played.get(play.clusterId)?.push(play);
      const counts = Object.fromEntries(PLAY_OUTCOMES.map((name) => [name, 0])) as Record<PlayOutcomeName, number>;
      const rows = clusters.map(({ id, name, reach }) => ({
        ...{ id, name, reach },
        plays: (played.get(id) ?? []).flatMap((play) => {
          const { outcome, remark } = judged(play, reach);
          // Taken out of the plan before it sounded: it was owed to nobody.
          if (outcome === null) return [];
          counts[outcome] += 1;
          const { itemId, itemVersion, startMs, said } = play;
          const { cause = null, playedMs = null, receiptId = null } = said ?? {};
          return [{ id: play.id, itemId, itemVersion, startMs, outcome, cause, remark, playedMs, receiptId }];
        }),
      }));
      return { areaId, day, demo: this.database.isDemo(), counts, clusters: rows };
    });
  }
}

function judged({ itemId, withdrawn, said }: PlayOfDay, reach: 'horn' | 'transmitter'): Judgement {
  const isSame = said === null || said.itemId === itemId;
  const sounded = said !== null && said.outcome !== 'notPlayed' && isSame;
  const plan = withdrawn ? 'withdrawn' : 'standing';
  return outcomeBy({
    ...evidenceOf({ plan, said, content: isSame ? 'same' : 'other' }),
    ...{ reach, sounded },
  });
}
