import { gather } from './gather.ts';

const held = () => {
  const batches: { items: readonly number[]; settle: (error?: Error) => void }[] = [];
  const write = (items: readonly number[]): Promise<void> =>
    new Promise((resolve, reject) => {
      batches.push({ items, settle: (error) => (error === undefined ? resolve() : reject(error)) });
    });
  return { batches, add: gather(write, 3) };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('gather', () => {
  it('writes together what comes while a batch is being written', async () => {
    const { batches, add } = held();
    const first = add(1);
    await turn();
    const rest = [add(2), add(3)];
    batches[0]?.settle();
    await first;
    await turn();
    batches[1]?.settle();
    await Promise.all(rest);
    expect(batches.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  });

  it('keeps batches within their limit', async () => {
    const { batches, add } = held();
    const all = [1, 2, 3, 4].map(add);
    for (let batch = 0; batch < 2; batch += 1) {
      await turn();
      batches[batch]?.settle();
    }
    await Promise.all(all);
    expect(batches.map(({ items }) => items)).toEqual([[1, 2, 3], [4]]);
  });

  it('fails the calls of a batch that fails, and goes on', async () => {
    const { batches, add } = held();
    const first = add(1);
    await turn();
    const second = add(2);
    batches[0]?.settle(new Error('no'));
    await expect(first).rejects.toThrow('no');
    await turn();
    batches[1]?.settle();
    await expect(second).resolves.toBeUndefined();
  });
});
