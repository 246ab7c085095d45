import type { Listener, ScheduleEntry, TimelineItem } from '../model.js';
import { NO_OVERRIDES, type Overrides, type RuleBook } from '../rules/index.js';
import { concerns, pathsAbove } from '../target.js';
import { Calendar, type Span } from '../time/index.js';
import { type ClashDecision, DecisionBook, type DecisionsByKey } from './clash.js';
import { Forest, type Tree } from './forest.js';
import { type Laid, layTree, type World } from './lay.js';
import { finishPlan, type Plan } from './plan.js';
import { shelfOf } from './running-order.js';
import type { Gap, Remark, Slice } from './timeline.types.js';
import { byStart } from './turn.js';

export interface BoardSettings {
  readonly entries: Iterable<ScheduleEntry>;
  readonly listeners: Iterable<Listener>;
  /** By item id; an item that may not be aired is not in it. */
  readonly items: ReadonlyMap<string, TimelineItem>;
  readonly span: Span;
  /** The zone whose days the plans have. */
  readonly zone: string;
  readonly rules?: RuleBook | null;
  readonly overrides?: Overrides;
  /** Of communes, on clashes of priorities. */
  readonly decisions?: readonly ClashDecision[];
}

/** The sessions of the day before, and what sounds over midnight, decide about the first minutes of a span. */
const LOOKED_BACK_MS = 86_400_000;

/**
 * The schedule of many loudspeakers for one span: what each of them plays, worked out once for all that hear the same. The only
 * maker of plays: for the preview, for conflicts and for devices (invariant 3). Keeps what it worked out; an edit works out anew only
 * what it concerns.
 */
export class Board {
  readonly #world: World;
  /** Hours, minutes and volume are rules for loudspeakers: what a board shows disturbs nobody. */
  readonly #worldOfBoards: World;
  readonly #decisions: DecisionBook;
  readonly #forest = new Forest();
  readonly #listeners = new Map<string, Listener>();
  /** Area → listeners at or below it. */
  readonly #below = new Map<string, string[]>();
  /** Area → areas at or below it, as far down as somebody listens. */
  readonly #areasBelow = new Map<string, Set<string>>();
  /** Root entry → audience → what is laid. */
  readonly #laid = new Map<string, Map<string, Laid>>();
  /** Lowest area that has entries → audience → what all who hear nothing of their own hear. */
  readonly #common = new Map<string, Map<string, Common>>();
  readonly #plans = new Map<string, Plan>();

  constructor(settings: BoardSettings) {
    const { span, zone, rules = null, overrides = NO_OVERRIDES, decisions = [] } = settings;
    const wide = { fromMs: span.fromMs - LOOKED_BACK_MS, untilMs: span.untilMs };
    this.#world = {
      ...{ span: wide, asked: span, zone, rules, overrides },
      shelf: shelfOf(settings.items),
      calendar: new Calendar(),
    };
    this.#worldOfBoards = { ...this.#world, rules: null };
    this.#decisions = new DecisionBook(decisions);
    for (const entry of settings.entries) this.#forest.put(entry);
    for (const listener of settings.listeners) {
      this.#listeners.set(listener.id, listener);
      const above = pathsAbove(listener.areaPath);
      for (const path of above) listed(this.#below, path, () => [] as string[]).push(listener.id);
      if (this.#areasBelow.get(listener.areaPath)?.has(listener.areaPath)) continue;
      for (const [at, path] of above.entries()) {
        const below = listed(this.#areasBelow, path, () => new Set<string>());
        for (const each of above.slice(at)) below.add(each);
      }
    }
  }

  /** @throws RangeError for somebody who does not listen here */
  planOf(listenerId: string): Plan {
    const known = this.#plans.get(listenerId);
    if (known) return known;
    const listener = this.#listeners.get(listenerId);
    if (!listener) throw new RangeError(`nobody listens as ${listenerId}`);
    const { common, own } = this.#heardBy(listener);
    const plan =
      own.length === 0
        ? this.#planOfAll(common, listener)
        : finishPlan(merged([common.heard, ...own]), this.#worldOf(listener), this.#decisions.at(listener.areaPath));
    this.#plans.set(listenerId, plan);
    return plan;
  }

  /** Puts an entry in, or in place of the one with its id. @returns the listeners whose plan may differ now */
  edit(entry: ScheduleEntry): string[] {
    const { heard, family } = this.#forest.put(entry);
    for (const { id, areaPath } of family) {
      this.#laid.delete(id);
      for (const area of this.#areasBelow.get(areaPath) ?? []) this.#common.delete(area);
    }
    const touched = new Set<string>();
    for (const member of heard) {
      for (const id of this.#below.get(member.areaPath) ?? []) {
        if (touched.has(id) || !concerns(member, this.#listeners.get(id) as Listener)) continue;
        this.#plans.delete(id);
        touched.add(id);
      }
    }
    return [...touched];
  }

  #heardBy(listener: Listener): { readonly common: Common; readonly own: readonly Laid[] } {
    const areas = pathsAbove(listener.areaPath).filter((path) => this.#forest.hasEntriesAt(path));
    const audience = this.#audienceOf(listener);
    const commons = listed(this.#common, areas.at(-1) ?? '', () => new Map<string, Common>());
    const known = commons.get(audience);
    const own: Laid[] = [];
    const shared: Laid[] = [];
    for (const tree of this.#treesAt(areas)) {
      if (tree.isForAll) {
        if (!known) shared.push(this.#lay(tree, listener, audience));
      } else if (concernsAny(tree, listener)) own.push(this.#lay(tree, listener, audience));
    }
    if (known) return { common: known, own };
    const common: Common = { heard: merged(shared), plans: new Map() };
    commons.set(audience, common);
    return { common, own };
  }

  /** A tree whose entries belong to several of the areas is given once. */
  #treesAt(areas: readonly string[]): Iterable<Tree> {
    const [only = '', ...others] = areas;
    if (others.length === 0) return this.#forest.treesAt(only);
    return new Set(areas.flatMap((path) => this.#forest.treesAt(path)));
  }

  /** An entry without any placed ones is laid once for all of one audience: areas below share it. */
  #lay(tree: Tree, listener: Listener, audience: string): Laid {
    const world = this.#worldOf(listener);
    if (tree.placed.size > 0) return layTree(tree, listener, world);
    const known = listed(this.#laid, tree.root.id, () => new Map<string, Laid>());
    return listed(known, audience, () => layTree(tree, listener, world));
  }

  #worldOf({ kind }: Listener): World {
    return kind === 'board' ? this.#worldOfBoards : this.#world;
  }

  /** Listeners with the same audience hear the same of an entry that is for all of them: kind, language, capability and rules are one. */
  #audienceOf(listener: Listener): string {
    const { kind, languages, capabilities, areaPath } = listener;
    const ruled = this.#worldOf(listener).rules?.ruledAreaOf(areaPath) ?? '';
    return `${kind}|${languages.join(' ')}|${[...capabilities].sort().join(' ')}|${ruled}`;
  }

  #planOfAll(common: Common, listener: Listener): Plan {
    const decisions = this.#decisions.at(listener.areaPath);
    return listed(common.plans, decisions, () => finishPlan(common.heard, this.#worldOf(listener), decisions));
  }
}

/** What all of an audience hear of some areas, and by what was decided of clashes the plan of those who hear nothing else. */
interface Common {
  readonly heard: Laid;
  readonly plans: Map<DecisionsByKey, Plan>;
}

/** Slices by start. */
function merged(all: readonly Laid[]): Laid {
  const slices: Slice[] = [];
  const gaps: Gap[] = [];
  const remarks: Remark[] = [];
  for (const laid of all) {
    for (const slice of laid.slices) slices.push(slice);
    for (const gap of laid.gaps) gaps.push(gap);
    for (const remark of laid.remarks) remarks.push(remark);
  }
  return { slices: slices.sort(byStart), gaps, remarks };
}

/** What is placed may concern somebody whom its place does not. */
function concernsAny({ root, placed }: Tree, listener: Listener): boolean {
  if (concerns(root, listener)) return true;
  for (const beside of placed.values()) if (beside.some((entry) => concerns(entry, listener))) return true;
  return false;
}

function listed<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
