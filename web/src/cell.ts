import type { CellPage, CellPlay, OpenCell, Receipt } from './api.js';
import { button, element } from './dom.js';
import { day, inSentence, moment, shortMoment, whole } from './format.js';
import { fill, type Language } from './languages.js';
import { SIGNS } from './matrix.js';
import type { Messages } from './messages.js';

const GRADES = {
  sent: 'gradeSent',
  received: 'gradeReceived',
  verified: 'gradeVerified',
  started: 'gradeStarted',
  completed: 'gradeCompleted',
  sensed: 'gradeSensed',
  heard: 'gradeHeard',
} as const;
const ANSWERS = { clear: 'answerClear', unclear: 'answerUnclear', notHeard: 'answerNotHeard' } as const;
const seconds = (ms: number): string => whole(Math.round(ms / 1_000));

/** One cell of the matrix: its clusters, their plays, and the receipt behind each. */
export class CellView {
  readonly node: HTMLElement;
  readonly #lists = new Map<string, HTMLElement>();
  readonly #more = element('p', { class: 'more-plays' });

  constructor(
    { cell, next }: CellPage,
    private readonly texts: Messages,
    private readonly language: Language,
    back: () => void,
    /** Fetches the plays before. */
    private readonly fetchMore: (address: string) => Promise<CellPage>,
  ) {
    this.node = element(
      'main',
      { class: 'cell-view' },
      button('back', `‹ ${texts.backToMatrix}`, back),
      element('p', { class: 'demo', role: 'note', hidden: !cell.demo }, texts.demoBanner),
      this.#summary(cell),
      ...cell.clusters.map((cluster) => this.#cluster(cluster, cell.period)),
      this.#more,
      this.#heads(cell.confirmations),
      this.#declared(cell.declarations),
      element('p', { class: 'proof' }, texts.proof),
    );
    this.#show(cell.plays, next);
  }

  #summary({ plan, item, hamlet, state, clusters, completeClusters, rule, period }: OpenCell): HTMLElement {
    const { texts } = this;
    const isByTransmitter = clusters.some(({ reach }) => reach === 'transmitter');
    const means = state === 'partial' && isByTransmitter ? 'transmitterMeans' : (`${state}Means` as const);
    const grade = { completed: '', sensed: texts.ruleSensed, heard: texts.ruleHeard }[rule.leastGrade];
    const which = rule.clusters === 'all' ? texts.ruleAll : texts.ruleAny;
    const asked = fill(texts.rule, { plays: rule.plays, clusters: which, grade });
    const part = fill(texts.ofClusters, { complete: completeClusters, of: clusters.length });
    return element(
      'section',
      {},
      element('p', { class: 'plan' }, fill(texts.plan, { number: plan.number })),
      element('h1', { tabindex: -1 }, item.title),
      element('p', {}, `${hamlet.name}, ${inSentence(hamlet.communeName)}`),
      element(
        'p',
        { class: 'what' },
        this.#sign(state),
        element('span', {}, element('b', {}, texts[state]), ` – ${clusters.length > 0 ? part : texts.noCluster}`),
      ),
      element('p', { class: 'hint' }, texts[means]),
      element('p', { class: 'hint' }, `${asked}. ${fill(texts.period, spanOf(period))}`),
    );
  }

  #sign = (state: keyof typeof SIGNS): HTMLElement =>
    element('span', { class: `sign ${state}`, 'aria-hidden': 'true' }, SIGNS[state]);

  #cluster(cluster: OpenCell['clusters'][number], period: OpenCell['period']): HTMLElement {
    const { texts } = this;
    const { id, code, name, reach, state, served, counts } = cluster;
    const list = element('ul', { class: 'plays' });
    this.#lists.set(id, list);
    const counted = (['complete', 'partial', 'notPlayed', 'unknown'] as const)
      .filter((outcome) => counts[outcome] > 0)
      .map((outcome) => `${whole(counts[outcome])} ${texts[outcome]}`);
    const spans = served.map((span) => `${day(span.from)} – ${day(span.to)}`).join('; ');
    const isAlways = served.length === 1 && served[0]?.from === period.from && served[0].to === period.to;
    return element(
      'section',
      { class: 'of-cluster' },
      element('h2', {}, this.#sign(state), element('span', {}, fill(texts.cluster, { name, code }))),
      element('p', { class: 'hint' }, counted.length > 0 ? counted.join(' · ') : texts.noPlays),
      reach === 'transmitter' ? element('p', { class: 'warning' }, texts.transmitter) : null,
      isAlways ? null : element('p', { class: 'hint' }, fill(texts.served, { spans })),
      list,
    );
  }

  #show(plays: readonly CellPlay[], next: string | null): void {
    for (const play of plays) this.#lists.get(play.clusterId)?.append(this.#play(play));
    if (next === null) return this.#more.replaceChildren();
    const more = button('more', this.texts.playsBefore, () => {
      more.disabled = true;
      this.fetchMore(next).then(
        (page) => this.#show(page.cell.plays, page.next),
        () => {
          more.disabled = false;
        },
      );
    });
    this.#more.replaceChildren(more);
  }

  #play(play: CellPlay): HTMLElement {
    const { texts, language } = this;
    const { outcome, why, startMs, grade, receipt, receiptId, archive, followedFormer, lastHeardAtMs } = play;
    const deviations = (receipt?.deviations ?? []).map(({ words }) => words[language]);
    const lines = [
      why ? why.words[language] : texts[GRADES[grade]],
      ...(followedFormer ? [texts.followedFormer] : []),
      ...(outcome === 'unknown' && why?.code !== 'unknown.notDue'
        ? [lastHeardAtMs === null ? texts.neverHeard : fill(texts.lastHeard, { time: shortMoment(lastHeardAtMs) })]
        : []),
    ];
    const head = element(
      'p',
      { class: 'what' },
      this.#sign(outcome),
      element(
        'span',
        {},
        element('b', {}, texts[outcome]),
        ` – ${fill(texts.plannedAt, { time: shortMoment(startMs) })}`,
        ...lines.map((line) => element('span', { class: 'means' }, line)),
        deviations.length > 0
          ? element('span', { class: 'warning' }, fill(texts.deviations, { words: deviations.join(', ') }))
          : null,
      ),
    );
    const behind = receipt
      ? element('details', {}, element('summary', {}, texts.receipt), this.#receipt(receipt))
      : element(
          'p',
          { class: 'hint' },
          receiptId ? fill(texts.archived, { id: receiptId, archive: archive ?? '' }) : texts.noReceipt,
        );
    return element('li', {}, head, behind);
  }

  #receipt(receipt: Receipt): HTMLElement {
    const { texts } = this;
    const { clock, proof, planned } = receipt;
    const heard =
      receipt.startedAtMs === null
        ? texts.noSound
        : `${moment(receipt.startedAtMs)} – ${moment(receipt.endedAtMs ?? receipt.startedAtMs)} (${clock.corrected ? texts.corrected : texts.notCorrected})`;
    const error =
      clock.errorMs === null
        ? texts.notMeasured
        : fill(texts.within, { seconds: (clock.errorMs / 1_000).toLocaleString('vi-VN') });
    const rows: readonly (readonly [string, string])[] = [
      [texts.device, receipt.controllerId],
      [texts.bootSeq, `${receipt.boot}, ${receipt.seq}`],
      [texts.states, texts[receipt.states]],
      [texts.deviceTime, heard],
      [texts.clockError, error],
      [texts.serverTime, moment(receipt.receivedAtMs) + (receipt.backfill ? ` (${texts.backfill})` : '')],
      [texts.played, fill(texts.playedOf, { played: seconds(receipt.playedMs), planned: seconds(planned.durationMs) })],
      [texts.volume, fill(texts.volumeOf, { volume: receipt.volume, planned: planned.volume })],
      [texts.leaf, proof.leaf === null ? texts.noLeaf : whole(proof.leaf)],
      [
        texts.checkpoint,
        proof.checkpoint
          ? fill(texts.checkpointOf, {
              size: whole(proof.checkpoint.size),
              time: moment(proof.checkpoint.signedAtMs),
            })
          : texts.noCheckpoint,
      ],
      ['SHA-256', receipt.sha256],
    ];
    return element(
      'div',
      {},
      element('dl', {}, ...rows.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)])),
      element(
        'p',
        { class: 'links' },
        proof.inclusion ? apart(proof.inclusion, texts.inclusion) : null,
        proof.checkpoint ? apart(proof.checkpoint.address, texts.showCheckpoint) : null,
      ),
      element('p', { class: 'hint' }, texts.signedText),
      element('pre', { tabindex: 0, 'aria-label': texts.signedText }, receipt.text),
    );
  }

  #heads(answers: OpenCell['confirmations']): HTMLElement {
    const { texts } = this;
    const rows = answers.map(({ kind, answer, startMs, atMs, byName, toldBy, contradiction }) => {
      const told = { session: shortMoment(startMs), name: byName, time: shortMoment(atMs), told: toldBy ?? '' };
      return element(
        'li',
        {},
        element('b', {}, texts[ANSWERS[answer]]),
        element('span', { class: 'means' }, fill(kind === 'head' ? texts.answered : texts.telephoned, told)),
        contradiction ? element('span', { class: 'warning' }, texts[contradiction]) : null,
      );
    });
    const none = element('p', { class: 'hint' }, texts.noHeads);
    return element('section', {}, element('h2', {}, texts.heads), rows.length > 0 ? element('ul', {}, ...rows) : none);
  }

  #declared(declarations: OpenCell['declarations']): HTMLElement {
    const { texts } = this;
    const rows = declarations.map(({ day: on, person, means, note, enteredByName, photoAddress }) =>
      element(
        'li',
        {},
        fill(texts.declaredAs, { day: day(on), person, means: texts[means], name: enteredByName }),
        note === '' ? null : element('span', { class: 'means' }, note),
        element('p', { class: 'links' }, apart(photoAddress, texts.photo)),
      ),
    );
    const none = element('p', { class: 'hint' }, texts.noDeclared);
    return element(
      'section',
      {},
      element('h2', {}, texts.declared),
      rows.length > 0 ? element('ul', {}, ...rows) : none,
    );
  }
}

const spanOf = ({ from, to }: { readonly from: string; readonly to: string }) => ({ from: day(from), to: day(to) });

/** What is no page of ours opens beside it, so that the reader's place is kept. */
const apart = (href: string, words: string): HTMLElement =>
  element('a', { class: 'file', href, target: '_blank', rel: 'noopener' }, words);
