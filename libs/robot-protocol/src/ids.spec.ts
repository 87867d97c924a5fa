import { isMetricName, isRobotId, isSessionName } from './ids.ts';

describe('ids', () => {
  it.each(['robot_001', 'R', '7', 'ur3-a', 'x'.repeat(64)])('take %s for a robot', (id) => {
    expect(isRobotId(id)).toBe(true);
  });

  it.each(['', '_a', '-a', 'a.b', 'a*', '>', 'a b', 'a\n', 'é', 'x'.repeat(65), 7, null, undefined])(
    'do not take %p for a robot',
    (id) => {
      expect(isRobotId(id)).toBe(false);
    },
  );

  it('let a session begin with any of its characters', () => {
    expect(['_', '-a', '0', 'x'.repeat(64)].every(isSessionName)).toBe(true);
    expect(['', 'a.b', 'a\n', 'x'.repeat(65), 1].some(isSessionName)).toBe(false);
  });

  it('let a metric have dots, but not at its beginning', () => {
    expect(['cpu_usage', 'Arm.J0', 'x'.repeat(64)].every(isMetricName)).toBe(true);
    expect(['', '.a', '_a', '0a', 'a-b', 'a\n', '__proto__', 'x'.repeat(65)].some(isMetricName)).toBe(false);
  });
});
