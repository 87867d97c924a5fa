import { createTogether } from './together.ts';

describe('doing together', () => {
  it('takes all of one turn, and tells each what became of its own', async () => {
    const batches: string[][] = [];
    const ask = createTogether<string>((items) => {
      batches.push([...items]);
      return Promise.resolve(items.map((item) => (item === 'bad' ? new Error('no') : undefined)));
    });
    const first = await Promise.allSettled([ask('a'), ask('bad'), ask('b')]);
    await ask('c');
    expect(first.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(batches).toEqual([['a', 'bad', 'b'], ['c']]);
  });

  it('rejects for all when nothing could be done, and goes on with the next', async () => {
    let isAway = true;
    const ask = createTogether<string>((items) =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve(items.map(() => undefined)),
    );
    const failed = await Promise.allSettled([ask('a'), ask('b')]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    isAway = false;
    await expect(ask('c')).resolves.toBeUndefined();
  });
});
