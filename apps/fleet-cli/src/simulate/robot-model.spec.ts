import { refusalOf } from '@fleet/robot-protocol';

import { createRandom } from './random.ts';
import { RobotModel, type Moment } from './robot-model.ts';

const createModel = (seed: number): RobotModel => {
  let missions = 0;
  return new RobotModel(createRandom(seed), () => `m${(missions += 1)}`);
};

const live = (model: RobotModel, seconds: number, step = 0.2): Moment[] =>
  Array.from({ length: seconds / step }, () => model.step(step));

const metric = (moment: Moment | undefined, name: string): number => moment?.sample.metrics[name] ?? NaN;
const mode = (moment: Moment | undefined): unknown => moment?.sample.attributes?.['mode'];
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe('a made-up robot', () => {
  it('lives the same life again from the same seed', () => {
    expect(live(createModel(3), 300)).toEqual(live(createModel(3), 300));
    expect(live(createModel(3), 300)).not.toEqual(live(createModel(4), 300));
  });

  it('says nothing a gateway would refuse, for hours', () => {
    for (const { sample } of live(createModel(1), 7_200, 2)) {
      const { metrics, attributes } = sample;
      expect(refusalOf({ type: 'telemetry', metrics, attributes })).toBeUndefined();
      expect(metrics['battery_level']).toBeGreaterThanOrEqual(0);
      expect(metrics['battery_level']).toBeLessThanOrEqual(100);
    }
  });

  it('drains its battery, and charges it when it is low', () => {
    const moments = live(createModel(5), 3_600);
    const changeIn = (wanted: string): number[] =>
      moments.flatMap((moment, index) => {
        const before = moments[index - 1];
        const isWithin = mode(moment) === wanted && mode(before) === wanted;
        return isWithin ? [metric(moment, 'battery_level') - metric(before, 'battery_level')] : [];
      });
    expect(Math.min(...changeIn('charging'))).toBeGreaterThanOrEqual(0);
    expect(Math.max(...changeIn('charging'))).toBeGreaterThan(0);
    expect(Math.max(...changeIn('working'))).toBeLessThanOrEqual(0);
    expect(Math.min(...moments.map((moment) => metric(moment, 'battery_level')))).toBeGreaterThan(5);
  });

  it('has more load and more heat at work than at rest', () => {
    const moments = live(createModel(9), 3_600);
    const meanIn = (wanted: string, name: string): number =>
      mean(moments.filter((moment) => mode(moment) === wanted).map((moment) => metric(moment, name)));
    expect(meanIn('working', 'cpu_usage')).toBeGreaterThan(2 * meanIn('charging', 'cpu_usage'));
    expect(meanIn('working', 'speed')).toBeGreaterThan(1);
    expect(meanIn('idle', 'speed')).toBe(0);
  });

  it('begins every mission once and ends it once, in order, one at a time', () => {
    const model = createModel(11);
    const events = [...live(model, 7_200).flatMap(({ missions }) => missions), ...model.stop()];
    const byMission = new Map<string, string[]>();
    for (const { happening, missionId } of events)
      byMission.set(missionId, [...(byMission.get(missionId) ?? []), happening]);
    expect(byMission.size).toBeGreaterThan(100);
    for (const happenings of byMission.values())
      expect(happenings.join(' ')).toMatch(/^created started (completed|failed|cancelled)$/);
    const order = events.map(({ missionId }) => Number(missionId.slice(1)));
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('mostly succeeds and sometimes fails', () => {
    const ends = Array.from({ length: 10 }, (_, seed) => live(createModel(seed), 3_600, 1))
      .flat()
      .flatMap(({ missions }) => missions.map(({ happening }) => happening));
    const count = (wanted: string): number => ends.filter((happening) => happening === wanted).length;
    expect(count('completed')).toBeGreaterThan(5 * count('failed'));
    expect(count('failed')).toBeGreaterThan(0);
    expect(count('cancelled')).toBeGreaterThan(0);
  });

  it('cancels the mission it is at when it is stopped', () => {
    const model = createModel(2);
    while (mode(model.step(0.2)) !== 'working');
    const [cancelled, ...others] = model.stop();
    expect(cancelled?.happening).toBe('cancelled');
    expect(others).toEqual([]);
    expect(model.stop()).toEqual([]);
  });
});
