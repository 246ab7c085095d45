import { z } from 'zod';
import {
  CATALOGUE,
  type Message,
  PROTOCOL_VERSION,
  TOPIC_RULES,
  type TopicName,
  type TopicRule,
} from '../../devices/protocol/index.js';

const PARAMETERS: Readonly<Record<string, string>> = {
  device: 'Id of the device, as its enrolment named it.',
  shard: 'FNV-1a (32 bit) of the device id, modulo 64.',
  area: 'Id of an area: that of the device or one above it (`path` of its identity).',
  sha256: 'Hash of the asset, 64 lower-case hexadecimal letters.',
  index: 'Number of the chunk, from 0.',
};

const key = (name: string): string => name.replace('.', '-');

/** docs/api/asyncapi.json: the contract as a device sees it. */
export function asyncApi(): unknown {
  const rules = Object.entries(TOPIC_RULES) as [TopicName, TopicRule][];
  const messages = new Map(rules.map(([name]) => [CATALOGUE[name].name, CATALOGUE[name]]));
  return {
    asyncapi: '3.0.0',
    id: 'urn:vang:devices',
    info: {
      title: 'Vang device contract',
      version: `${PROTOCOL_VERSION}.0.0`,
      description:
        'How a loudspeaker controller talks to Vang over MQTT 3.1.1, seen from the device. Signed messages are compact JWS (EdDSA); ' +
        'the schema describes their payload. Read docs/protocol first.',
      license: { name: 'AGPL-3.0-or-later' },
    },
    defaultContentType: 'application/json',
    servers: {
      mqtts: { host: '{host}:8883', protocol: 'mqtts', protocolVersion: '3.1.1', variables: HOST, security: SECURITY },
      wss: {
        host: '{host}:443',
        pathname: '/mqtt',
        protocol: 'wss',
        protocolVersion: '3.1.1',
        description: 'For SIM cards that block 8883.',
        variables: HOST,
        security: SECURITY,
      },
    },
    channels: Object.fromEntries(rules.map(([name, rule]) => [key(name), channelOf(name, rule)])),
    operations: Object.fromEntries(rules.map(([name, rule]) => [key(name), operationOf(name, rule)])),
    components: {
      securitySchemes: {
        token: {
          type: 'userPassword',
          description: 'User name and client id: the device id. Password: the token of its enrolment.',
        },
      },
      messages: Object.fromEntries([...messages].map(([name, message]) => [name, messageOf(message)])),
      schemas: Object.fromEntries(
        [...messages].flatMap(([name, { schema }]) => (schema ? [[name, schemaOf(schema)]] : [])),
      ),
    },
  };
}

const HOST = { host: { description: 'Of `mqttUrl` in the answer to the enrolment.', default: 'vang.example.vn' } };
const SECURITY = [{ $ref: '#/components/securitySchemes/token' }];

function schemaOf(schema: z.ZodType): unknown {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  return rest;
}

function channelOf(name: TopicName, rule: TopicRule): unknown {
  const parameters = [...rule.topic.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter as string);
  return {
    address: rule.topic,
    description: CATALOGUE[name].says,
    messages: { [CATALOGUE[name].name]: { $ref: `#/components/messages/${CATALOGUE[name].name}` } },
    ...(parameters.length > 0
      ? { parameters: Object.fromEntries(parameters.map((each) => [each, { description: PARAMETERS[each] }])) }
      : {}),
    'x-largest-payload-bytes': rule.maxBytes,
    ...(rule.perMinute === null ? {} : { 'x-messages-per-minute': rule.perMinute }),
  };
}

function operationOf(name: TopicName, rule: TopicRule): unknown {
  return {
    action: rule.publisher === 'device' ? 'send' : 'receive',
    channel: { $ref: `#/channels/${key(name)}` },
    messages: [{ $ref: `#/channels/${key(name)}/messages/${CATALOGUE[name].name}` }],
    bindings: { mqtt: { qos: rule.qos, retain: rule.retain, bindingVersion: '0.2.0' } },
  };
}

function messageOf({ name, says, jws, schema }: Message): unknown {
  if (!schema) return { name, summary: says, contentType: 'application/octet-stream', payload: { type: 'string' } };
  const content = { $ref: `#/components/schemas/${name}` };
  if (!jws) return { name, summary: says, contentType: 'application/json', payload: content };
  return {
    name,
    summary: says,
    contentType: 'application/jose',
    payload: { type: 'string', pattern: '^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]{86}$' },
    'x-jws-type': jws,
    'x-jws-payload': content,
  };
}
