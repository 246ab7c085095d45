import { AccountService, type Audit } from '../../accounts/index.js';
import type { AreaService } from '../../areas/index.js';
import { Notices } from '../../notices/index.js';
import type { Clock } from '../../platform/clock/index.js';
import type { Database } from '../../platform/database/index.js';
import { silentLog } from '../../platform/logging/index.js';
import { Outbox } from '../../platform/outbox/index.js';
import type { MediaTools } from '../audio/media.tools.js';
import type { ItemVersions } from '../items/item.versions.js';
import { ApprovalClock } from './approval.clock.js';
import { ApprovalGate } from './approval.gate.js';
import { ApprovalNotices } from './approval.notices.js';
import { ApprovalService } from './approval.service.js';
import { CorrectionService } from './correction.service.js';
import { Decisions } from './decisions.js';
import { DelegationService } from './delegation.service.js';
import { Delegations } from './delegations.js';
import { EmergencyPolicies } from './emergency-policies.js';
import { ReviewService } from './review.service.js';
import { Standings } from './standing.js';
import { WaitingService } from './waiting.service.js';

interface Floor {
  readonly database: Database;
  readonly areas: AreaService;
  readonly audit: Audit;
  readonly clock: Clock;
}

/** What making a version needs to know of approval. */
export function approvalNotices(floor: Floor) {
  const { database, areas, audit, clock } = floor;
  const accounts = new AccountService(database, areas, audit, clock, silentLog);
  const delegations = new Delegations(accounts, clock);
  const notices = new ApprovalNotices(new Notices(clock, new Outbox(clock)), delegations);
  return { ...floor, accounts, delegations, notices };
}

/** The approval of an opened library. */
export function approvalRoom(
  { database, areas, audit, clock, accounts, delegations, notices }: ReturnType<typeof approvalNotices>,
  versions: ItemVersions,
  media: MediaTools,
) {
  const standings = new Standings(delegations);
  const decisions = new Decisions(audit, new Outbox(clock), notices, clock);
  const policies = new EmergencyPolicies(database, areas, accounts, audit, clock);
  const gate = new ApprovalGate(media);
  const approvals = new ApprovalService(database, standings, gate, decisions, policies, clock);
  return {
    approvals,
    policies,
    corrections: new CorrectionService(database, versions, standings, decisions, notices, audit, clock),
    reviews: new ReviewService(database, areas, accounts, audit),
    delegations: new DelegationService(database, areas, accounts, audit, clock),
    waiting: new WaitingService(database, approvals, delegations, silentLog),
    approvalClock: new ApprovalClock(database, decisions, clock, silentLog),
  };
}
