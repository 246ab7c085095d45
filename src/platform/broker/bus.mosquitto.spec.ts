import { afterEach, describe, expect, it } from '@jest/globals';
import { silentLog } from '../logging/log.js';
import { Opened } from './broker.spec-support.js';
import { MqttBus } from './bus.js';
import { freePort, programOf, runMosquitto } from './mosquitto.spec-support.js';

const mosquitto = programOf('mosquitto');
const opened = new Opened();
afterEach(() => opened.close());

async function startedMosquitto(): Promise<number> {
  const port = await freePort();
  await runMosquitto(opened, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  return port;
}

(mosquitto ? describe : describe.skip)('the bus on a real Mosquitto', () => {
  it('publishes, subscribes, keeps retained state and acknowledges after the handler', async () => {
    const url = `mqtt://127.0.0.1:${await startedMosquitto()}`;
    const bus = opened.add(new MqttBus({ url, log: silentLog, reconnectMs: 50 }), (it) => it.stop());
    await bus.start();
    await bus.whenConnected();
    await bus.publish('state/a', 'kept', { qos: 1, retain: true });

    const heard: string[] = [];
    let done: () => void = () => undefined;
    const all = new Promise<void>((resolve) => {
      done = resolve;
    });
    let running = 0;
    let most = 0;
    await bus.subscribe('state/#', { qos: 1 }, (topic, payload) => void heard.push(`${topic}=${Buffer.from(payload)}`));
    await bus.subscribe('in/#', { qos: 1, ackAfterHandler: true }, async () => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (heard.push('in') === 101) done();
    });
    for (let i = 0; i < 100; i++) void bus.publish(`in/${i}`, Buffer.alloc(1_000), { qos: 1 });
    await all;
    expect(heard[0]).toBe('state/a=kept');
    expect(most).toBeGreaterThan(1);
  });

  it('a message whose handler failed comes again on the next connection of a kept session', async () => {
    const url = `mqtt://127.0.0.1:${await startedMosquitto()}`;
    const options = { url, log: silentLog, reconnectMs: 50, clientId: 'kept', clean: false };
    const attempts: string[] = [];
    const handler = async (outcome: 'fails' | 'works', resolve: () => void) => {
      attempts.push(outcome);
      setImmediate(resolve);
      if (outcome === 'fails') throw new Error('database away');
    };
    for (const outcome of ['fails', 'works'] as const) {
      const bus = opened.add(new MqttBus(options), (it) => it.stop());
      await new Promise<void>((resolve, reject) => {
        bus
          .subscribe('in', { qos: 1, ackAfterHandler: true }, () => handler(outcome, resolve))
          .then(() => bus.start())
          .then(() => bus.whenConnected())
          .then(() => (outcome === 'fails' ? bus.publish('in', 'receipt', { qos: 1 }) : undefined))
          .catch(reject);
      });
      await bus.stop();
    }
    expect(attempts).toEqual(['fails', 'works']);
  });
});
