import { UnnumberedSamples } from './unnumbered-samples.ts';

const setUp = (capacity: number) => {
  const stored: number[] = [];
  const finish: (() => void)[] = [];
  let lost = 0;
  const samples = new UnnumberedSamples<number>(
    capacity,
    (sample) => {
      stored.push(sample);
      return new Promise<void>((resolve) => finish.push(resolve));
    },
    (count) => (lost += count),
  );
  const settle = async (): Promise<void> => {
    for (;;) {
      const next = finish.shift();
      if (next === undefined) return;
      next();
      await new Promise(setImmediate);
    }
  };
  return { samples, stored, settle, lost: () => lost };
};

describe('samples without a number', () => {
  it('keep the newest while the stream is away, count the rest as lost and keep the order', async () => {
    const { samples, stored, settle, lost } = setUp(3);
    for (let sample = 1; sample <= 10; sample += 1) samples.add(sample);
    expect(samples.unsettled).toBe(6);
    await settle();
    expect(stored).toEqual([1, 2, 3, 8, 9, 10]);
    expect(lost()).toBe(4);
    expect(samples.unsettled).toBe(0);
  });

  it('are lost when they are given up before they were on their way', () => {
    const { samples, lost } = setUp(2);
    for (let sample = 1; sample <= 3; sample += 1) samples.add(sample);
    samples.drop();
    expect(lost()).toBe(1);
    expect(samples.unsettled).toBe(2);
  });
});
