import { robotOf, summaryOf } from './fleet.ts';

const options = { robots: 5, replay: undefined, keepData: undefined, help: false };
const replay = { file: '/a', speed: '1', keepTimestamps: false };

describe('robotOf', () => {
  it('is the first simulated robot, the one of a recording, or none', () => {
    expect(robotOf(options)).toBe('robot_001');
    expect(robotOf({ ...options, robots: 0, replay })).toBe('ur3_001');
    expect(robotOf({ ...options, robots: 0 })).toBeUndefined();
  });
});

describe('summaryOf', () => {
  const summary = ['samples   9 sent', 'missions  1 created', 'events    2 written', 'time      1.0 s'];

  it('finds the summary among progress and notes', () => {
    const [samples = '', ...others] = summary;
    expect(summaryOf(['9 acked · 0 waiting', samples, '9 acked · 1 waiting', ...others])).toEqual(summary);
  });

  it('is empty when there is none', () => {
    expect(summaryOf(['9 acked · 0 waiting'])).toEqual([]);
  });
});
