import type { Metrics } from '../http/metrics.controller.js';
import type { EmbeddedBroker } from './embedded-broker.js';

/** What the embedded broker sent and what it refused, for `/metrics`. */
export function countRefusals(metrics: Metrics, broker: EmbeddedBroker): void {
  const samples = (name: string, counts: ReadonlyMap<string, number>) =>
    [...counts].map(([kind, value]) => ({ labels: { [name]: kind }, value }));
  metrics.counter('vang_mqtt_violations_total', 'What MQTT clients asked for and may not have', ['kind'], () =>
    samples('kind', broker.refusals.violations),
  );
  metrics.counter('vang_mqtt_overruns_total', 'MQTT clients cut off because they did not read', ['reason'], () =>
    samples('reason', broker.refusals.overruns),
  );
  metrics.counter('vang_mqtt_sent_bytes_total', 'Bytes that the embedded broker sent to its clients', [], () => [
    { labels: {}, value: broker.bytesSent },
  ]);
  metrics.counter('vang_mqtt_refused_logins_total', 'Logins that the embedded broker refused', [], () => [
    { labels: {}, value: broker.refusals.logins },
  ]);
}
