import { DecisionBook } from '../timeline/clash.js';
import type { Clash, Shared } from '../timeline/index.js';
import { momentWords, spanWords } from '../why/when.js';
import type { Draft, FateAhead } from './conflict.js';
import type { Ground } from './ground.js';
import { endOf } from './places.js';
import { type SolutionData, worded } from './solutions.js';

/** Where nobody says how long before a clash it must be decided. */
const DECISION_LEAD_MS = 3_600_000;

/** What a person has decided is no conflict any more; what the default settled may still be decided otherwise. */
export function clashDrafts(clashes: readonly Shared<Clash>[], ground: Ground): Draft[] {
  const decided = new DecisionBook(ground.question.settings.decisions ?? []);
  const decisionAt = (listenerId: string, key: string) =>
    decided.at(ground.listenerOf.get(listenerId)?.areaPath ?? '/').get(key);
  return clashes.flatMap((clash) => {
    const open = clash.listeners.filter((id) => !decisionAt(id, clash.key));
    const automatic = clash.listeners.filter((id) => decisionAt(id, clash.key)?.automatic);
    return [
      ...(open.length > 0 ? [draftOf({ ...clash, listeners: open }, false, ground)] : []),
      ...(automatic.length > 0 ? [draftOf({ ...clash, listeners: automatic }, true, ground)] : []),
    ];
  });
}

function draftOf(
  { key, first, second, fromMs, byDefault, listeners }: Shared<Clash>,
  settled: boolean,
  ground: Ground,
): Draft {
  const { nowMs, decisionLeadMs = DECISION_LEAD_MS } = ground.question;
  const { zone, titleOf } = ground;
  const deadlineMs = fromMs - decisionLeadMs;
  return {
    ...{
      key: `priorityClash ${key} ${settled ? 'settled' : 'open'}`,
      code: 'priorityClash',
      severity: settled ? 'info' : 'changes',
      fromMs,
    },
    listenerIds: listeners,
    finish: () => {
      const plans = listeners.map((id) => ground.board.planOf(id));
      const untilMs = Math.max(fromMs + 1, endOf(first, plans), endOf(second, plans));
      const other = byDefault === first ? second : first;
      const [a, b] = [titleOf(byDefault), titleOf(other)];
      const deadline = momentWords(deadlineMs, zone);
      const starts = plans.flatMap(({ slices }) => slices.filter(({ occurrence }) => occurrence === other));
      const startsMs = Math.min(...starts.map(({ startMs }) => startMs));
      const fates: FateAhead[] = [
        { occurrence: byDefault, happens: 'plays', startsMs: fromMs },
        { occurrence: other, happens: 'waits', startsMs: Number.isFinite(startsMs) ? startsMs : null },
      ];
      const choices: SolutionData[] = [byDefault, other].flatMap((goesFirst) =>
        (['append', 'replace'] as const).map((way) => ({ kind: 'decide' as const, key, goesFirst, other: way })),
      );
      const span = spanWords({ fromMs, untilMs }, zone);
      return {
        ...{ untilMs, occurrences: [first, second], itemIds: [] },
        entryIds: [...new Set([first, second].map((id) => id.slice(0, id.lastIndexOf('-'))))],
        vi: settled
          ? `Hai bản tin ưu tiên “${a}” và “${b}” trùng giờ (${span}); đã tự động theo mặc định.`
          : `Hai bản tin ưu tiên “${a}” và “${b}” trùng giờ (${span}); xã cần quyết định thứ tự trước ${deadline.vi}.`,
        en: settled
          ? `The priority bulletins “${a}” and “${b}” clash (${span}); the default was taken automatically.`
          : `The priority bulletins “${a}” and “${b}” clash (${span}); the commune must decide the order before ${deadline.en}.`,
        ifNothing: {
          fates,
          vi: `Nếu không ai quyết định: “${a}” phát trước, “${b}” phát nối tiếp (tự động theo mặc định).`,
          en: `If nobody decides: “${a}” goes first and “${b}” behind it (automatically, by the default).`,
        },
        ...(settled ? {} : { decision: { key, deadlineMs, byDefault } }),
        solutions: nowMs < fromMs ? choices.map((data) => worded(data, titleOf)) : [],
      };
    },
  };
}
