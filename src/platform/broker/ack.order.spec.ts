import { expect, it } from '@jest/globals';
import { AckOrder } from './ack.order.js';

function acknowledgements() {
  const sent: number[] = [];
  return { sent, order: new AckOrder((messageId) => sent.push(messageId)) };
}

it('acknowledges in the order of arrival though the handlers finish in another', () => {
  const { sent, order } = acknowledgements();
  const [first, second, third] = [order.take(7), order.take(8), order.take(9)];
  third(true);
  second(true);
  expect(sent).toEqual([]);
  first(true);
  expect(sent).toEqual([7, 8, 9]);
});

it('leaves out a message whose handler failed and holds nothing back for it', () => {
  const { sent, order } = acknowledgements();
  const [first, second] = [order.take(1), order.take(2)];
  first(false);
  second(true);
  expect(sent).toEqual([2]);
});
