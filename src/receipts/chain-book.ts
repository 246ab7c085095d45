import type { WriteTransaction } from '../platform/database/index.js';
import { among, insertMany } from '../platform/database/index.js';
import { type Chain, type Followed, follow, type Gap, type LinkedReceipt, NEW_CHAIN } from './engine/chain.js';
import { ReceiptChain, ReceiptGap } from './receipt.entity.js';

/** The chains of the devices of one round of the intake, read once and written once. */
export class ChainBook {
  readonly #before: ReadonlyMap<string, Chain>;
  readonly #now: Map<string, Chain>;

  private constructor(chains: ReadonlyMap<string, Chain>) {
    this.#before = chains;
    this.#now = new Map(chains);
  }

  static async open(tx: WriteTransaction, devices: readonly string[]): Promise<ChainBook> {
    const tips = await tx.manager
      .createQueryBuilder(ReceiptChain, 'chain')
      .where(...among(tx.manager, 'chain.controllerId', devices))
      .getMany();
    const gaps = await tx.manager
      .createQueryBuilder(ReceiptGap, 'gap')
      .where(...among(tx.manager, 'gap.controllerId', devices))
      .getMany();
    const chains = new Map<string, Chain>();
    for (const { controllerId, ...tip } of tips) chains.set(controllerId, { tip, gaps: [] });
    for (const row of gaps) {
      const chain = chains.get(row.controllerId) ?? NEW_CHAIN;
      chains.set(row.controllerId, { ...chain, gaps: [...chain.gaps, gapOf(row)] });
    }
    return new ChainBook(chains);
  }

  chainOf(device: string): Chain {
    return this.#now.get(device) ?? NEW_CHAIN;
  }

  follow(device: string, receipt: LinkedReceipt, nowMs: number): Followed['kind'] {
    const followed = follow(this.chainOf(device), receipt, nowMs);
    if (followed.kind === 'fits') this.#now.set(device, followed.chain);
    return followed.kind;
  }

  async save(tx: WriteTransaction): Promise<void> {
    const changed = [...this.#now].filter(([device, chain]) => this.#before.get(device) !== chain);
    await insertMany(
      tx.manager,
      ReceiptChain,
      changed.map(([controllerId, { tip }]) => ({ controllerId, ...tip })),
      { of: ['controllerId'], replace: ['boot', 'seq', 'link'] },
    );
    for (const [controllerId, { gaps }] of changed) {
      const before = this.#before.get(controllerId)?.gaps ?? [];
      for (const gap of before.filter((gap) => !gaps.includes(gap)))
        await tx.manager.delete(ReceiptGap, { controllerId, afterBoot: gap.after.boot, afterSeq: gap.after.seq });
      const opened = gaps.filter((gap) => !before.includes(gap)).map((gap) => rowOf(controllerId, gap));
      await insertMany(tx.manager, ReceiptGap, opened);
    }
  }
}

export const gapOf = (row: ReceiptGap): Gap => ({
  after: { boot: row.afterBoot, seq: row.afterSeq, link: row.afterLink },
  before: { boot: row.beforeBoot, seq: row.beforeSeq, link: row.beforeLink },
  openedAtMs: row.openedAtMs,
  askAtMs: row.askAtMs,
  asks: row.asks,
  askedAtMs: row.askedAtMs,
});

const rowOf = (controllerId: string, { after, before, ...asking }: Gap): ReceiptGap => ({
  controllerId,
  afterBoot: after.boot,
  afterSeq: after.seq,
  afterLink: after.link,
  beforeBoot: before.boot,
  beforeSeq: before.seq,
  beforeLink: before.link,
  ...asking,
});
