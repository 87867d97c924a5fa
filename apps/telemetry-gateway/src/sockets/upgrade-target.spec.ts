import { parseUpgradeTarget } from './upgrade-target.ts';

describe('the target of an upgrade', () => {
  it.each([
    ['/ws/robot_001', 'robot_001', undefined],
    ['/ws/r?session=a-b_1', 'r', 'a-b_1'],
    ['/ws/r?other=1', 'r', undefined],
  ])('of %s is a robot', (target, robotId, session) => {
    expect(parseUpgradeTarget(target)).toEqual({ kind: 'robot', robotId, session });
  });

  it.each(['/', '/ws', '/ws/a/b', '/robots/ws/a', '', '*', 'http://x/ws/a'])('of %p is unknown', (target) => {
    expect(parseUpgradeTarget(target).kind).toBe('unknown');
  });

  it.each([
    '/ws/',
    '/ws/a.b',
    '/ws/a%20b',
    '/ws/a>',
    '/ws/*',
    '/ws/_a',
    `/ws/${'a'.repeat(65)}`,
    '/ws/a?session=',
    '/ws/a?session=a.b',
    '/ws/a?session=%0d%0a',
    '/ws/a?session=a&session=b',
  ])('of %p is invalid', (target) => {
    expect(parseUpgradeTarget(target).kind).toBe('invalid');
  });
});
