import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, createParamDecorator, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { rightsOf } from '../../../devices/protocol/index.js';
import {
  type AccountRights,
  BrokerUnreachableError,
  type EmbeddedBroker,
  type ExternalAccess,
  type Principal,
} from '../../platform/broker/index.js';
import { EMBEDDED_BROKER, EXTERNAL_ACCESS } from '../../platform/broker/token.js';
import { Database } from '../../platform/database/index.js';
import type { RequestWithActor } from '../../platform/http/index.js';
import { LOG, type Log } from '../../platform/logging/index.js';
import { AlarmService } from '../alarms/alarm.service.js';
import { Refusals } from '../alarms/refusals.js';
import { Cluster, Controller } from '../fleet.entity.js';
import { fleetProblem } from '../problems.js';
import { accessProblem } from './problems.js';

type DeviceRequest = RequestWithActor & { device?: Controller };

/**
 * Who a device is, for the broker and for HTTP: one token, one table of rights (`devices/protocol`). The token is known only at
 * enrolment; afterwards there is its SHA-256.
 */
@Injectable()
export class DeviceAccess {
  #unsubscribe: (() => void) | null = null;

  constructor(
    private readonly database: Database,
    private readonly alarms: AlarmService,
    @Inject(EMBEDDED_BROKER) private readonly broker: EmbeddedBroker | null,
    @Inject(EXTERNAL_ACCESS) private readonly external: ExternalAccess,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Tells the embedded broker of every enrolled device; an external one is compared with them at each connection. */
  async start(): Promise<void> {
    const { accounts } = this.external;
    if (accounts && !this.#unsubscribe) {
      this.#unsubscribe = accounts.onConnect(() => this.#reconcile());
      if (accounts.connected) await this.#reconcile();
    }
    if (!this.broker) return;
    await this.nobodyOnline();
    await this.broker.setPrincipals((await this.#placed({})).map(principalOf));
  }

  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
  }

  /** Every session of the embedded broker ended with it and no last will was spoken: who lives says so again. */
  async nobodyOnline(): Promise<void> {
    await this.database.write((tx) => tx.manager.update(Controller, { online: true }, { online: false }));
  }

  /**
   * Lets a device in with a new token; the former one ends.
   * @throws problem `broker.unreachable`: the device asks again, which makes another token
   */
  async admit(controllerId: string, token: string): Promise<void> {
    const [placed] = await this.#placed({ id: controllerId });
    // Revoked since: another box has taken its place at the same moment.
    if (!placed) return;
    await this.broker?.putPrincipal(principalOf(placed));
    try {
      await this.external.accounts?.put([{ ...accountRights(placed), password: token }]);
    } catch (error) {
      this.log.error({ err: error, controllerId }, 'the MQTT broker could not be told of a device');
      throw isUnreachable(error) ? accessProblem('broker.unreachable') : error;
    }
  }

  /** Its cluster lies elsewhere now, so it may hear other areas; an external broker is compared. */
  async moved(controllerId: string): Promise<void> {
    const [placed] = await this.#placed({ id: controllerId });
    if (!placed) return;
    await this.broker?.putPrincipal(principalOf(placed));
    if (this.external.accounts?.connected) await this.#reconcile();
  }

  /** Its session ends at once; on an external broker that is away, when it is there again. */
  async expel(controllerId: string): Promise<void> {
    await this.broker?.removePrincipal(controllerId);
    try {
      await this.external.accounts?.remove([controllerId]);
    } catch (error) {
      if (!isUnreachable(error)) throw error;
      // The revocation stands, and the comparison at the next connection carries it out.
      this.log.warn({ err: error, controllerId }, 'the MQTT broker will be told later of a revoked device');
    }
  }

  /** What was enrolled or revoked while the broker was away. A missing account cannot be made here: only its hash is known. */
  async #reconcile(): Promise<void> {
    try {
      const found = await this.external.accounts?.reconcile(async () => (await this.#placed({})).map(accountRights));
      if (!found) return;
      const { removed, missing, changed } = found;
      const summary = { removed: removed.length, missing: missing.length, changed: changed.length };
      this.log.info(summary, 'accounts on the MQTT broker compared');
      await this.database.write(async (tx) => {
        for (const controllerId of missing)
          await this.alarms.raise(tx, { code: 'broker.accountMissing', controllerId, detail: '' });
      });
    } catch (error) {
      this.log.error({ err: error }, 'accounts on the MQTT broker could not be compared');
    }
  }

  /** `deviceId.token` of an enrolled device that is not revoked. */
  async verify(credential: string): Promise<Controller | null> {
    const [id = '', token = ''] = credential.split('.');
    const controller = await this.database.read((reader) =>
      reader.findOneBy(Controller, { id, revokedAtMs: IsNull() }),
    );
    if (!controller) return null;
    const given = createHash('sha256').update(token).digest();
    return timingSafeEqual(given, Buffer.from(controller.tokenSha256, 'hex')) ? controller : null;
  }

  /** The rights of an enrolled device that is not revoked; nobody else has any. */
  async rightsOfDevice(id: string): Promise<Rights | null> {
    const [placed] = await this.#placed({ id });
    return placed ? rightsAt(placed) : null;
  }

  /** Enrolled controllers with the areas of their clusters, from where they may hear. */
  async #placed(which: { readonly id?: string }): Promise<Placed[]> {
    return this.database.read(async (reader) => {
      const controllers = await reader.findBy(Controller, { ...which, revokedAtMs: IsNull() });
      const one = which.id === undefined ? {} : { id: controllers[0]?.clusterId ?? '' };
      const clusters = await reader.find(Cluster, { where: one, select: { id: true, areaPath: true } });
      const paths = new Map(clusters.map(({ id, areaPath }) => [id, areaPath]));
      return controllers.map((controller) => ({ controller, areaPath: paths.get(controller.clusterId) ?? '' }));
    });
  }
}

const isUnreachable = (error: unknown): boolean => error instanceof BrokerUnreachableError;

type Rights = ReturnType<typeof rightsOf>;
interface Placed {
  readonly controller: Controller;
  readonly areaPath: string;
}

const rightsAt = ({ controller, areaPath }: Placed): Rights =>
  rightsOf(controller.id, areaPath.split('/').filter(Boolean));
const accountRights = (placed: Placed): AccountRights => ({ username: placed.controller.id, ...rightsAt(placed) });
const principalOf = (placed: Placed): Principal => ({
  ...accountRights(placed),
  passwordSha256: placed.controller.tokenSha256,
});

const CREDENTIAL = /^[A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{43}$/;

/** `Bearer device.token`; or, for players that know nothing else, `Basic` with the device as name and the token as password. */
function credentialOf(authorization: string): string | null {
  const [scheme, value = ''] = authorization.split(' ');
  const credential =
    scheme === 'Basic'
      ? Buffer.from(value, 'base64').toString('latin1').replace(':', '.')
      : scheme === 'Bearer'
        ? value
        : '';
  return CREDENTIAL.test(credential) ? credential : null;
}

/** For routes of devices: they are `@Public` towards accounts and closed by this. */
@Injectable()
export class DeviceGuard implements CanActivate {
  constructor(
    private readonly access: DeviceAccess,
    private readonly refusals: Refusals,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<DeviceRequest>();
    const credential = credentialOf(request.headers.authorization ?? '');
    const device = credential ? await this.access.verify(credential) : null;
    if (!device) {
      this.refusals.count('http', credential ? 'token' : 'malformed');
      const [controllerId] = credential?.split('.') ?? [];
      if (controllerId)
        this.refusals.failed({ code: 'device.loginRefused', controllerId, detail: 'HTTP: wrong token' });
      throw fleetProblem('device.unauthorized');
    }
    request.device = device;
    return true;
  }
}

export const CurrentDevice = createParamDecorator((_: unknown, context: ExecutionContext): Controller => {
  const { device } = context.switchToHttp().getRequest<DeviceRequest>();
  if (!device) throw new Error('a route with CurrentDevice needs the DeviceGuard');
  return device;
});
