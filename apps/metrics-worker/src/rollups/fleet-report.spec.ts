import type { RollupStore } from '@fleet/fleet-store';

import { maxFleetRobots, reportFleetRollup } from './fleet-report.ts';

const bucket = { count: 1, sum: 5, min: 5, max: 5, last: 5, lastAtMs: 1_699_999_000_000 };

/** A fleet of so many robots, each with one reading, and how many buckets were asked for. */
const fleetOf = (size: number) => {
  const asked = { buckets: 0 };
  const store: RollupStore = {
    add: () => Promise.resolve(0),
    read(_metric, buckets) {
      asked.buckets += buckets.length;
      return Promise.resolve([bucket]);
    },
    robotsSince: (_since, limit) =>
      Promise.resolve(Array.from({ length: Math.min(size, limit) }, (_, index) => `robot_${index}`)),
  };
  const report = (windowSeconds: number) =>
    reportFleetRollup({ store, now: () => 1_700_000_000_000 }, { metric: 'battery_level', windowSeconds });
  return { asked, report };
};

describe('the rollup of a fleet', () => {
  it('takes two hours of as many robots as it looks at', async () => {
    const { report } = fleetOf(maxFleetRobots + 5);
    expect(await report(7200)).toMatchObject({ robots: maxFleetRobots, is_partial: true, mean: 5 });
  });

  it('takes a month of a fleet of a thousand', async () => {
    const { report, asked } = fleetOf(1000);
    expect(await report(30 * 86_400)).toMatchObject({ robots: 1000, is_partial: false });
    expect(asked.buckets).toBeGreaterThan(700_000);
  });

  it('refuses a month of a fleet of thousands before it reads anything, and says how much it would take', async () => {
    const { report, asked } = fleetOf(5000);
    await expect(report(30 * 86_400)).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(/at most 250 hours of 5000 robots, got 72\d/) as unknown,
    });
    expect(asked.buckets).toBe(0);
  });
});
