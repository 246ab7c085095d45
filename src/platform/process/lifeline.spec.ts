import { describe, expect, it } from '@jest/globals';
import { silentLog } from '../logging/index.js';
import { Interrupted, Lifeline } from './index.js';

describe('lifeline', () => {
  it('undoes what was started, last first, and once', async () => {
    const steps: string[] = [];
    const life = new Lifeline(silentLog);
    for (const name of ['database', 'broker', 'http'])
      await life.start(
        name,
        () => steps.push(`+${name}`),
        () => void steps.push(`-${name}`),
      );
    await Promise.all([life.stop(), life.stop()]);
    expect(steps).toEqual(['+database', '+broker', '+http', '-http', '-broker', '-database']);
  });

  it('told to stop in the middle of a start: finishes the step, undoes it, begins no other', async () => {
    const steps: string[] = [];
    const life = new Lifeline(silentLog);
    let finish = () => {};
    const slow = life.start(
      'migration',
      () => new Promise<void>((resolve) => (finish = resolve)),
      () => void steps.push('-migration'),
    );
    const stopped = life.stop();
    await expect(life.start('http', () => steps.push('+http'))).rejects.toBeInstanceOf(Interrupted);
    expect(steps).toEqual([]);
    finish();
    await slow;
    await stopped;
    expect(steps).toEqual(['-migration']);
  });

  it('goes on stopping when one part fails to', async () => {
    const steps: string[] = [];
    const life = new Lifeline(silentLog);
    await life.start(
      'a',
      () => 1,
      () => void steps.push('-a'),
    );
    await life.start(
      'b',
      () => 2,
      () => Promise.reject(new Error('stuck')),
    );
    await life.stop();
    expect(steps).toEqual(['-a']);
  });
});
