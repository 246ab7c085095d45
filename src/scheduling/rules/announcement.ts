import { Injectable } from '@nestjs/common';
import { Audit } from '../../accounts/index.js';
import type { WriteTransaction } from '../../platform/database/index.js';
import type { Actor } from '../../platform/http/index.js';
import { Outbox } from '../../platform/outbox/index.js';

/** A change of rules as it is recorded and told to those who make plans, in the commit of the change. */
@Injectable()
export class Announcement {
  constructor(
    private readonly audit: Audit,
    private readonly outbox: Outbox,
  ) {}

  /** @param place where plans may differ now; the whole country has the path `/` and no id */
  async make(
    tx: WriteTransaction,
    actor: Actor,
    place: { readonly areaId: string | null; readonly areaPath: string },
    deed: { readonly action: string; readonly subject: string; readonly detail: Record<string, unknown> },
  ): Promise<void> {
    const { areaId, areaPath } = place;
    await this.audit.add(tx, actor, { ...deed, areaPath });
    await this.outbox.add(tx, { topic: 'schedule.changed', payload: { areaId, areaPath } });
  }
}
