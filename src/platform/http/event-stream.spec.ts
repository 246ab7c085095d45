import { createServer, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { EventStream } from './event-stream.js';
import { EventStreams } from './event-streams.js';

/** Far more than the sockets of both sides hold. */
const LONG = 'x'.repeat(100_000);

describe('an event stream to a reader that is slow', () => {
  let server: Server;
  let response: Promise<ServerResponse>;
  let reader: Socket;
  beforeEach(async () => {
    let arrived: (response: ServerResponse) => void = () => {};
    response = new Promise((resolve) => {
      arrived = resolve;
    });
    server = createServer((_, answer) => arrived(answer));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    reader = connect((server.address() as AddressInfo).port, '127.0.0.1');
    reader.on('error', () => {}); // the service may cut it off
    reader.pause();
    reader.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  });
  afterEach(async () => {
    reader.destroy();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const event = (subject: string, n: number, text = '') => ({
    subject,
    event: 'progress',
    id: `${n}`,
    data: { n, text },
  });
  const closing = (stream: EventStream) => new Promise<void>((resolve) => stream.onClose(resolve));

  /** Sends until the reader is stuck. @returns how many it took */
  function stuff(stream: EventStream, answer: ServerResponse): number {
    let n = 0;
    while (!answer.writableNeedDrain) stream.send(event('job', ++n, LONG));
    return n;
  }

  /** Reads to the end. */
  async function read(): Promise<string> {
    let text = '';
    reader.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
    reader.resume();
    await new Promise((resolve) => reader.once('close', resolve));
    return text;
  }
  const numbers = (text: string) => [...text.matchAll(/^data: \{"n":(\d+)/gm)].map(([, n]) => Number(n));

  it('keeps the newest of each subject only, and sends it when the reader goes on', async () => {
    const answer = await response;
    const stream = new EventStream(answer);
    const sent = stuff(stream, answer);
    const held = answer.writableLength;
    for (let n = 1; n <= 10_000; n++) stream.send(event('job', sent + n, LONG));
    stream.send(event('other job', 1, 'a'));
    stream.send(event('other job', 2, 'b'));
    expect(answer.writableLength).toBe(held);
    stream.end();
    const seen = numbers(await read());
    expect(seen.slice(0, sent)).toEqual(Array.from({ length: sent }, (_, i) => i + 1));
    expect(seen.slice(sent)).toEqual([sent + 10_000, 2]);
  });

  it('ends when the reader has fallen behind on too many subjects to hold', async () => {
    const answer = await response;
    const stream = new EventStream(answer);
    const closed = closing(stream);
    stuff(stream, answer);
    for (let n = 1; n <= 1_001; n++) stream.send(event(`job ${n}`, n));
    await closed;
    expect(stream.closed).toBe(true);
  });

  it('writes no heartbeats to a reader that is stuck, and takes it for gone after four', async () => {
    const answer = await response;
    const stream = new EventStream(answer);
    const closed = closing(stream);
    stuff(stream, answer);
    const held = answer.writableLength;
    for (let beats = 1; beats <= 3; beats++) stream.beat();
    expect([stream.closed, answer.writableLength]).toEqual([false, held]);
    stream.beat();
    await closed;
  });

  it('does not wait for it at a shutdown', async () => {
    const answer = await response;
    const streams = new EventStreams();
    const stream = streams.open('an', answer);
    const closed = closing(stream);
    stuff(stream, answer);
    streams.stop();
    await closed;
    expect(streams.count).toBe(0);
  });

  it('sends a heartbeat as a comment, and ends after 15 minutes of them so that rights are looked at again', async () => {
    const streams = new EventStreams();
    const closed = closing(streams.open('an', await response));
    for (let beats = 1; beats <= 60; beats++) streams.beat();
    const text = await read();
    await closed;
    expect(text.match(/^:$/gm)).toHaveLength(59);
  });

  it('hears that the reader was gone before the stream was made', async () => {
    const answer = await response;
    const gone = new Promise((resolve) => answer.once('close', resolve));
    reader.destroy();
    await gone;
    const streams = new EventStreams();
    const stream = streams.open('an', answer);
    stream.send(event('job', 1));
    expect([stream.closed, streams.count]).toEqual([true, 0]);
  });
});
