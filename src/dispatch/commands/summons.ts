import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CommandBody, PlannedPlay } from '../../../devices/protocol/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import { AiringService } from '../../scheduling/index.js';
import { AssetService } from '../asset.service.js';
import type { Telling } from '../engine/tellings.js';
import { CommandRow } from './command.entity.js';
import { type Aim, audiencesOf, isAddressee } from './command.queries.js';
import { CommandIssuer, type Order } from './command-issuer.js';
import { wherePlanned } from './engine/choices.js';

/** Audio that is told to nobody yet: `register` it, then begin again. Reading files is no work for a transaction. */
export class UnreadyAudio extends Error {
  override readonly name = 'UnreadyAudio';
  constructor(readonly audio: readonly { readonly sha256: string; readonly type: string }[]) {
    super('audio has to be registered first');
  }
}

/** Emergencies go ahead of the plans: one command with the plays as the plans will tell them. */
@Injectable()
export class Summons {
  constructor(
    private readonly airing: AiringService,
    private readonly assets: AssetService,
    private readonly issuer: CommandIssuer,
  ) {}

  async register({ audio }: UnreadyAudio): Promise<void> {
    for (const { sha256, type } of audio) await this.assets.register(sha256, 'audio', type);
  }

  /**
   * Makes the command in the transaction of the entry that it airs.
   * @param entryId the entry, written already
   * @returns id of the command; null: nothing of the entry can be played
   * @throws UnreadyAudio
   */
  async summon(
    tx: WriteTransaction,
    entryId: string,
    order: Omit<Order, 'body' | 'areaId' | 'activeUntilMs'> & { readonly areaId: string },
  ): Promise<string | null> {
    const audiences = await audiencesOf(tx.manager, order);
    const told = await this.airing.told(tx.manager, entryId, [[], ...audiences]);
    if (!told) return null;
    const plays = await this.described(told.plays);
    const choices = wherePlanned(audiences, plays);
    const activeUntilMs = Math.max(...choices.flatMap((choice) => choice.plays.map((play) => play.latestEndMs)));
    if (choices.length === 0) return null;
    const body: CommandBody = { kind: 'playNow', day: told.day, choices };
    const asOne = order.clusterIds === null && choices.length <= 16 && this.issuer.fits(body);
    const areaId = asOne ? order.areaId : null;
    return (await this.issuer.issue(tx, { ...order, areaId, body, activeUntilMs })).id;
  }

  /** Ends what was summoned, wherever it sounds or waits, and tells so whoever is away. Once more changes nothing. */
  async stop(tx: WriteTransaction, commandId: string, by: Order['by'], reason: string): Promise<void> {
    const command = await tx.manager.findOneBy(CommandRow, { id: commandId });
    if (command?.body.kind !== 'playNow' || command.endedAtMs !== null) return;
    await this.issuer.end(tx, command);
    const { areaId, areaPath, clusterIds, activeUntilMs, body } = command;
    const plays = new Set(body.choices.flatMap((choice) => choice.plays.map(({ play }) => play)));
    for (const play of plays) {
      const requestKey = `stop:${commandId}:${play}`;
      const to = { areaId, areaPath, clusterIds, by, reason, activeUntilMs };
      await this.issuer.issue(tx, { requestKey, body: { kind: 'stop', play }, ...to });
    }
  }

  /**
   * Keys in the order of the contract, descriptor included: what the plan tells has the same bytes.
   * @throws UnreadyAudio
   */
  async described(choices: readonly (readonly PlannedPlay[])[]): Promise<PlannedPlay[][]> {
    const unready = new Map<string, string>();
    const described: PlannedPlay[][] = [];
    for (const plays of choices) {
      const own: PlannedPlay[] = [];
      for (const play of plays) {
        const asset = await this.assets.find(play.audio.sha256);
        if (!asset) unready.set(play.audio.sha256, play.audio.type);
        own.push(asset ? withDescriptor(play, asset.descriptorSha256) : play);
      }
      described.push(own);
    }
    if (unready.size > 0) throw new UnreadyAudio([...unready].map(([sha256, type]) => ({ sha256, type })));
    return described;
  }
}

const withDescriptor = (play: PlannedPlay, descriptor: string | null): PlannedPlay =>
  descriptor === null ? play : { ...play, audio: { ...play.audio, descriptor } };

/**
 * Whether a command told this controller of a play as a receipt states it, also when no plan did: an emergency goes ahead of the plans, and
 * one that is stopped at once never gets into any.
 */
export async function wasSummoned(
  reader: EntityManager,
  controllerId: string,
  stated: Telling & { readonly play: string },
  commandId: string,
): Promise<boolean> {
  const command = await reader.findOneBy(CommandRow, { id: commandId });
  if (command?.body.kind !== 'playNow') return false;
  const isTold = command.body.choices.some(({ plays }) =>
    plays.some(
      ({ play, startMs, item }) =>
        play === stated.play &&
        startMs === stated.startMs &&
        item.id === stated.itemId &&
        item.version === stated.itemVersion,
    ),
  );
  const aim: Aim = command;
  return isTold && (await isAddressee(reader, aim, controllerId));
}

/** Plays of an item that commands told ahead of any plan, and when each was to begin. */
export async function playsSummoned(
  reader: EntityManager,
  itemId: string,
): Promise<readonly { readonly play: string; readonly startMs: number }[]> {
  const commands = await reader
    .createQueryBuilder(CommandRow, 'command')
    .where("command.kind = 'playNow'")
    // Emergencies are few: their texts are read through rather than kept in one more table.
    .andWhere('command.body LIKE :named', { named: `%"id":${JSON.stringify(itemId)}%` })
    .getMany();
  const plays = commands.flatMap(({ body }) =>
    body.kind === 'playNow' ? body.choices.flatMap((choice) => choice.plays) : [],
  );
  const starts = new Map(plays.filter(({ item }) => item.id === itemId).map(({ play, startMs }) => [play, startMs]));
  return [...starts].map(([play, startMs]) => ({ play, startMs }));
}
