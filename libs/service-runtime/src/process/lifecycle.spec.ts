import { Lifecycle, StoppingError } from './lifecycle.ts';

function recorder() {
  const errors: object[] = [];
  const log = { debug: () => undefined, error: (fields: object) => void errors.push(fields) };
  return { errors, lifecycle: new Lifecycle(log) };
}

describe('Lifecycle', () => {
  it('stops the last started first, one after the other', async () => {
    const { lifecycle } = recorder();
    const order: string[] = [];
    lifecycle.defer('a', () => order.push('a'));
    lifecycle.defer('b', async () => {
      order.push('b begins');
      await Promise.resolve();
      order.push('b ends');
    });
    expect(await lifecycle.stop(1000)).toBe(true);
    expect(order).toEqual(['b begins', 'b ends', 'a']);
  });

  it('logs a part that fails and goes on', async () => {
    const { errors, lifecycle } = recorder();
    let stopped = false;
    lifecycle.defer('first', () => (stopped = true));
    lifecycle.defer('second', () => Promise.reject(new Error('no')));
    lifecycle.defer('third', () => {
      throw new Error('no');
    });
    expect(await lifecycle.stop(1000)).toBe(true);
    expect(stopped).toBe(true);
    expect(errors).toMatchObject([{ part: 'third' }, { part: 'second' }]);
  });

  it('tells every part to stop even when one takes all the time', async () => {
    const { errors, lifecycle } = recorder();
    let stopped = false;
    lifecycle.defer('first', () => (stopped = true));
    lifecycle.defer('stuck', () => new Promise(() => undefined));
    expect(await lifecycle.stop(5)).toBe(false);
    expect(stopped).toBe(true);
    expect(errors).toContainEqual({ part: 'stuck' });
  });

  it('stops once, however often it is asked', async () => {
    const { lifecycle } = recorder();
    let stops = 0;
    lifecycle.defer('part', () => (stops += 1));
    await Promise.all([lifecycle.stop(1000), lifecycle.stop(1000)]);
    await lifecycle.stop(1000);
    expect(stops).toBe(1);
  });

  it('stops at once what is started while stopping, and ends that start', async () => {
    const { lifecycle } = recorder();
    let stopped = false;
    const stopping = lifecycle.stop(1000);
    expect(() => lifecycle.defer('late', () => (stopped = true))).toThrow(StoppingError);
    expect(await stopping).toBe(true);
    expect(stopped).toBe(true);
  });
});
