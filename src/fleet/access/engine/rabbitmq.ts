import { clientIdsOf } from './client-id.js';

/**
 * RabbitMQ's names for what MQTT clients use (rabbitmq_mqtt, rabbit_mqtt_util.erl). Its routing keys have `.` between levels and
 * `*` for one level; a point in an MQTT topic becomes a slash, so the way back is exact.
 */

const BACK: Readonly<Record<string, string>> = { '.': '/', '/': '.', '*': '+' };

/** The MQTT topic or filter behind a routing key. */
export const mqttOf = (routingKey: string): string => routingKey.replace(/[./*]/g, (letter) => BACK[letter] ?? letter);

/** The exchange through which all MQTT messages go (`mqtt.exchange`, by default). */
export const EXCHANGE = 'amq.topic';
/** Devices live in this one (`mqtt.vhost`, by default); a username may name another, so it is looked at. */
export const VHOST = '/';

export interface Resource {
  readonly resource: string;
  readonly name: string;
  readonly permission: string;
}

/** May the device use this queue or exchange? Its topics are asked about separately. */
export function mayUse(device: string, { resource, name, permission }: Resource): boolean {
  if (resource === 'exchange') return name === EXCHANGE && (permission === 'read' || permission === 'write');
  if (resource !== 'queue' || !['configure', 'read', 'write'].includes(permission)) return false;
  return clientIdsOf(device)
    .flatMap((id) => [`mqtt-subscription-${id}qos0`, `mqtt-subscription-${id}qos1`, `mqtt-will-${id}`])
    .includes(name);
}
