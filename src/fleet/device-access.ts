import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, createParamDecorator, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { rightsOf } from '../../devices/protocol/index.js';
import type { EmbeddedBroker, Principal } from '../platform/broker/index.js';
import { EMBEDDED_BROKER } from '../platform/broker/token.js';
import { Database } from '../platform/database/index.js';
import type { RequestWithActor } from '../platform/http/index.js';
import { Controller } from './fleet.entity.js';
import { fleetProblem } from './problems.js';

type DeviceRequest = RequestWithActor & { device?: Controller };

/** Who a device is, for the broker and for HTTP: one token, one table of rights (`devices/protocol`). */
@Injectable()
export class DeviceAccess {
  constructor(
    private readonly database: Database,
    @Inject(EMBEDDED_BROKER) private readonly broker: EmbeddedBroker | null,
  ) {}

  /** Tells the embedded broker of every enrolled device; its list is rebuilt at each start. */
  async start(): Promise<void> {
    if (!this.broker) return;
    await this.nobodyOnline();
    const controllers = await this.database.read((reader) => reader.findBy(Controller, { revokedAtMs: IsNull() }));
    await this.broker.setPrincipals(controllers.map(principalOf));
  }

  /** Every session of the embedded broker ended with it and no last will was spoken: who lives says so again. */
  async nobodyOnline(): Promise<void> {
    await this.database.write((tx) => tx.manager.update(Controller, { online: true }, { online: false }));
  }

  async admit(controller: Controller): Promise<void> {
    await this.broker?.putPrincipal(principalOf(controller));
  }

  /** Its session ends at once. */
  async expel(controllerId: string): Promise<void> {
    await this.broker?.removePrincipal(controllerId);
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
}

function principalOf(controller: Controller): Principal {
  return { username: controller.id, passwordSha256: controller.tokenSha256, ...rightsOf(controller.id) };
}

/** For routes of devices: they are `@Public` towards accounts and closed by this. */
@Injectable()
export class DeviceGuard implements CanActivate {
  constructor(private readonly access: DeviceAccess) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<DeviceRequest>();
    const bearer = /^Bearer ([A-Za-z0-9_-]{1,64}\.[A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '');
    const device = bearer ? await this.access.verify(bearer[1] ?? '') : null;
    if (!device) throw fleetProblem('device.unauthorized');
    request.device = device;
    return true;
  }
}

export const CurrentDevice = createParamDecorator((_: unknown, context: ExecutionContext): Controller => {
  const { device } = context.switchToHttp().getRequest<DeviceRequest>();
  if (!device) throw new Error('a route with CurrentDevice needs the DeviceGuard');
  return device;
});
