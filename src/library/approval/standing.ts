import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type Actor, httpProblem } from '../../platform/http/index.js';
import type { Status } from '../engine/approval.js';
import { type ApprovalAction, type Decision, decide, standingOf } from '../engine/approval.js';
import { libraryProblem } from '../problems.js';
import type { ApprovalDelegation } from './approval.entity.js';
import { Delegations } from './delegations.js';

export interface Person {
  readonly id: string;
  readonly name: string;
}

export interface Judgement {
  readonly decision: Decision;
  /** Whose right was used, if not the actor's own. */
  readonly onBehalfOf: Person | null;
}

/** Whether the actor may take a step, by their own right or by that of somebody who handed it on. */
@Injectable()
export class Standings {
  constructor(private readonly delegations: Delegations) {}

  async judge(
    reader: EntityManager,
    actor: Actor,
    areaPath: string,
    step: { readonly from: Status; readonly action: ApprovalAction; readonly authors: ReadonlySet<string> },
  ): Promise<Judgement> {
    const own = judge(actor, areaPath, step, []);
    if (own.decision.allowed || own.decision.because !== 'right') return own;
    return judge(actor, areaPath, step, await this.delegations.heldBy(reader, actor.accountId, areaPath));
  }
}

/** One's own right comes first: who has it decides for themselves, also where somebody has delegated to them. */
export function judge(
  actor: Actor,
  areaPath: string,
  step: { readonly from: Status; readonly action: ApprovalAction; readonly authors: ReadonlySet<string> },
  delegations: readonly ApprovalDelegation[],
): Judgement {
  const { from, action, authors } = step;
  const may = (right: string) => actor.may(right, areaPath);
  const isAuthor = authors.has(actor.accountId);
  const own = decide(from, action, standingOf(may, { isDelegate: false, isAuthor, isDutyOfficer: false }));
  if (own.allowed || own.because !== 'right') return { decision: own, onBehalfOf: null };
  // Neither the delegate's own work nor that of the one for whom they act.
  const delegation = delegations.find(({ fromId }) => !authors.has(fromId)) ?? delegations[0];
  if (!delegation) return { decision: own, onBehalfOf: null };
  const { fromId: id, fromName: name } = delegation;
  const standing = standingOf(may, { isDelegate: true, isAuthor: isAuthor || authors.has(id), isDutyOfficer: false });
  return { decision: decide(from, action, standing), onBehalfOf: { id, name } };
}

/** @throws the problem that says why not */
export function demandRight({ decision }: Judgement): void {
  if (!decision.allowed && decision.because === 'right') throw httpProblem('right.missing');
}

/** @throws the problem that says why not */
export function demandAllowed(decision: Decision): asserts decision is Decision & { allowed: true } {
  if (decision.allowed) return;
  if (decision.because === 'right') throw httpProblem('right.missing');
  throw libraryProblem(decision.because === 'ownWork' ? 'library.ownWork' : 'library.statusWrong');
}
