import { Body, Header, HttpCode, Post, Req, Controller as Routes, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { z } from 'zod';
import { maySubscribe, missingToPublish } from '../../platform/broker/index.js';
import { Public } from '../../platform/http/index.js';
import { DeviceAccess } from './device-access.js';
import { EXCHANGE, mayUse, mqttOf, VHOST } from './engine/rabbitmq.js';
import { formOf } from './form.js';
import { GateGuard } from './gate.guard.js';

const word = z.string().max(300);
const topic = z.string().max(2_000);
// EMQX fills its placeholders in as text in some versions and as JSON values in others.
const yes = z.union([z.boolean(), z.enum(['true', 'false'])]).transform((value) => value === true || value === 'true');

const token = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const emqxLogin = z.object({ username: word, password: token, clientid: word });
const emqxWish = z.object({
  username: word,
  clientid: word,
  action: z.enum(['publish', 'subscribe']),
  topic,
  retain: yes.default(false),
});
const rabbitLogin = z.object({ username: word, password: token, client_id: word });
const rabbitVhost = z.object({ username: word, vhost: word });
const rabbitResource = rabbitVhost.extend({ resource: word, name: word, permission: word });
const rabbitTopic = rabbitResource.extend({ routing_key: topic });

type Rights = NonNullable<Awaited<ReturnType<DeviceAccess['rightsOfDevice']>>>;
type Verdict = 'allow' | 'deny';
const verdict = (allowed: boolean): Verdict => (allowed ? 'allow' : 'deny');

/**
 * Answers brokers that ask over HTTP what a device may do. Everything but a plain yes is a plain no, with status 200: EMQX takes
 * any other status as "ask the next one".
 */
@ApiExcludeController()
@Routes('broker/v1')
@UseGuards(GateGuard)
export class GateController {
  constructor(private readonly access: DeviceAccess) {}

  @Public('for a broker with the shared secret')
  @Post('emqx/authentication')
  @HttpCode(200)
  async emqxLogin(@Body() body: unknown) {
    const login = emqxLogin.safeParse(body);
    return {
      result: verdict(login.success && (await this.#knows(login.data, login.data.clientid))),
      is_superuser: false,
    };
  }

  @Public('for a broker with the shared secret')
  @Post('emqx/authorization')
  @HttpCode(200)
  async emqxWish(@Body() body: unknown) {
    const wish = emqxWish.safeParse(body);
    if (!wish.success) return { result: 'deny' };
    const { username, clientid, action, topic, retain } = wish.data;
    const rights = clientid === username ? await this.access.rightsOfDevice(username) : null;
    if (!rights) return { result: 'deny' };
    const allowed =
      action === 'publish' ? missingToPublish(rights, { topic, retain }) === null : maySubscribe(rights, topic);
    return { result: verdict(allowed) };
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/user')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitLogin(@Req() request: Request): Promise<Verdict> {
    // Without a client id it is no MQTT client: devices do not speak AMQP.
    const login = rabbitLogin.safeParse(await formOf(request));
    return verdict(login.success && (await this.#knows(login.data, login.data.client_id)));
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/vhost')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitVhost(@Req() request: Request): Promise<Verdict> {
    return this.#rabbit(rabbitVhost, request, () => true);
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/resource')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitResource(@Req() request: Request): Promise<Verdict> {
    return this.#rabbit(rabbitResource, request, (wish) => mayUse(wish.username, wish));
  }

  @Public('for a broker with the shared secret')
  @Post('rabbitmq/:secret/topic')
  @HttpCode(200)
  @Header('content-type', 'text/plain')
  async rabbitTopic(@Req() request: Request): Promise<Verdict> {
    return this.#rabbit(rabbitTopic, request, ({ resource, name, permission, routing_key }, rights) => {
      if (resource !== 'topic' || name !== EXCHANGE) return false;
      const asked = mqttOf(routing_key);
      // It does not say whether a message is to be retained.
      if (permission === 'write') return missingToPublish(rights, { topic: asked }) === null;
      return permission === 'read' && maySubscribe(rights, asked);
    });
  }

  async #rabbit<Wish extends z.infer<typeof rabbitVhost>>(
    schema: z.ZodType<Wish>,
    request: Request,
    allows: (wish: Wish, rights: Rights) => boolean,
  ): Promise<Verdict> {
    const wish = schema.safeParse(await formOf(request));
    const rights =
      wish.success && wish.data.vhost === VHOST ? await this.access.rightsOfDevice(wish.data.username) : null;
    return verdict(wish.success && rights !== null && allows(wish.data, rights));
  }

  async #knows({ username, password }: { username: string; password: string }, clientId: string): Promise<boolean> {
    return clientId === username && (await this.access.verify(`${username}.${password}`)) !== null;
  }
}
