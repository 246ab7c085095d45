import { Body, Header, HttpCode, Post, Req, Controller as Routes, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { maySubscribe, missingToPublish, type ViolationKind } from '../../platform/broker/index.js';
import { Public } from '../../platform/http/index.js';
import { type Door, Refusals } from '../alarms/refusals.js';
import { violationAlarm } from '../alarms/violations.js';
import { DeviceAccess } from './device-access.js';
import { clientIdsOf } from './engine/client-id.js';
import { EXCHANGE, mayUse, mqttOf, VHOST } from './engine/rabbitmq.js';
import { formOf } from './form.js';
import { GateGuard } from './gate.guard.js';

const word = z.string().max(300);
const topic = z.string().max(2_000);
// EMQX fills its placeholders in as text in some versions and as JSON values in others.
const yes = z.union([z.boolean(), z.enum(['true', 'false'])]).transform((value) => value === true || value === 'true');

const TOKEN = /^[A-Za-z0-9_-]{43}$/;
const emqxLogin = z.object({ username: word, password: word, clientid: word });
const emqxWish = z.object({
  username: word,
  clientid: word,
  action: z.enum(['publish', 'subscribe']),
  topic,
  retain: yes.default(false),
});
const rabbitLogin = z.object({ username: word, password: word, client_id: word });
const rabbitVhost = z.object({ username: word, vhost: word });
const rabbitResource = rabbitVhost.extend({ resource: word, name: word, permission: word });
const rabbitTopic = rabbitResource.extend({ routing_key: topic });

type Rights = NonNullable<Awaited<ReturnType<DeviceAccess['rightsOfDevice']>>>;
type Verdict = 'allow' | 'deny';
/**
 * Why not. `malformed`: no question of that broker; `login`: nobody of that name, or another token than its own; `resource`: what MQTT does
 * not need; otherwise what the embedded broker calls the same offence.
 */
type Denial =
  | { readonly why: 'malformed' }
  | { readonly why: 'login' | 'resource' | ViolationKind; readonly device: string; readonly asked: string };

/**
 * Answers brokers that ask over HTTP what a device may do. Everything but a plain yes is a plain no, with status 200: EMQX takes
 * any other status as "ask the next one". Each no is counted, and told of where the name is that of a device.
 */
@ApiExcludeController()
@Routes('broker/v1')
@UseGuards(GateGuard)
export class GateController {
  constructor(
    private readonly access: DeviceAccess,
    private readonly refusals: Refusals,
  ) {}

  @Public('for a broker with the shared secret')
  @Post('emqx/authentication')
  @HttpCode(200)
  async emqxLogin(@Body() body: unknown) {
    const login = emqxLogin.safeParse(body);
    const denial = login.success ? await this.#login(login.data, login.data.clientid) : MALFORMED;
    return { result: this.#verdict('emqx', denial), is_superuser: false };
  }

  @Public('for a broker with the shared secret')
  @Post('emqx/authorization')
  @HttpCode(200)
  async emqxWish(@Body() body: unknown) {
    const wish = emqxWish.safeParse(body);
    return { result: this.#verdict('emqx', wish.success ? await this.#emqxWish(wish.data) : MALFORMED) };
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/user')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitLogin(@Req() request: Request): Promise<Verdict> {
    // Without a client id it is no MQTT client: devices do not speak AMQP.
    const login = rabbitLogin.safeParse(await formOf(request));
    const denial = login.success ? await this.#login(login.data, login.data.client_id) : MALFORMED;
    return this.#verdict('rabbitmq', denial);
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/vhost')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitVhost(@Req() request: Request): Promise<Verdict> {
    return this.#rabbit(rabbitVhost, request, () => null);
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/resource')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitResource(@Req() request: Request): Promise<Verdict> {
    return this.#rabbit(rabbitResource, request, (wish) =>
      mayUse(wish.username, wish) ? null : ['resource', `${wish.permission} ${wish.resource} ${wish.name}`],
    );
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/topic')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitTopic(@Req() request: Request): Promise<Verdict> {
    return this.#rabbit(rabbitTopic, request, ({ resource, name, permission, routing_key }, rights) => {
      const asked = mqttOf(routing_key);
      if (resource !== 'topic' || name !== EXCHANGE || !['read', 'write'].includes(permission))
        return ['resource', `${permission} ${resource} ${name}`];
      if (permission === 'read') return maySubscribe(rights, asked) ? null : ['subscribe', asked];
      // It does not say whether a message is to be retained.
      const missing = missingToPublish(rights, { topic: asked });
      return missing && [missing, asked];
    });
  }

  async #emqxWish({
    username: device,
    clientid,
    action,
    topic,
    retain,
  }: z.infer<typeof emqxWish>): Promise<Denial | null> {
    const rights = await this.access.rightsOfDevice(device);
    if (!rights) return { why: 'login', device, asked: action };
    if (!clientIdsOf(device).includes(clientid)) return { why: 'clientId', device, asked: clientid };
    if (action === 'subscribe') return maySubscribe(rights, topic) ? null : { why: 'subscribe', device, asked: topic };
    const missing = missingToPublish(rights, { topic, retain });
    return missing && { why: missing, device, asked: topic };
  }

  async #rabbit<Wish extends z.infer<typeof rabbitVhost>>(
    schema: z.ZodType<Wish>,
    request: Request,
    missing: (wish: Wish, rights: Rights) => readonly ['resource' | ViolationKind, string] | null,
  ): Promise<Verdict> {
    const wish = schema.safeParse(await formOf(request));
    if (!wish.success) return this.#verdict('rabbitmq', MALFORMED);
    const { username: device, vhost } = wish.data;
    const rights = await this.access.rightsOfDevice(device);
    if (!rights) return this.#verdict('rabbitmq', { why: 'login', device, asked: 'rights' });
    const denied = vhost === VHOST ? missing(wish.data, rights) : (['resource', `vhost ${vhost}`] as const);
    return this.#verdict('rabbitmq', denied && { why: denied[0], device, asked: denied[1] });
  }

  async #login(
    { username, password }: { username: string; password: string },
    clientId: string,
  ): Promise<Denial | null> {
    const known = TOKEN.test(password) && (await this.access.verify(`${username}.${password}`));
    if (!known) return { why: 'login', device: username, asked: 'wrong password' };
    return clientIdsOf(username).includes(clientId) ? null : { why: 'clientId', device: username, asked: clientId };
  }

  #verdict(door: Door, denial: Denial | null): Verdict {
    if (!denial) return 'allow';
    this.refusals.count(door, denial.why);
    if (denial.why === 'malformed') return 'deny';
    const { why, device: controllerId, asked } = denial;
    if (why === 'login')
      this.refusals.failed({ code: 'device.loginRefused', controllerId, detail: `${door}: ${asked}` });
    else if (why === 'resource') this.refusals.tell({ code: 'device.resourceForbidden', controllerId, detail: asked });
    else this.refusals.tell({ controllerId, ...violationAlarm(why, asked) });
    return 'deny';
  }
}

const MALFORMED: Denial = { why: 'malformed' };
