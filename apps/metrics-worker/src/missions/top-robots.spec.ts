import { topRobots } from './top-robots.ts';

it('tells the busiest robots from the rest, beyond the limit and beyond the cap', () => {
  const counts = new Map([
    ['completed:r1', 5],
    ['failed:r1', 1],
    ['completed:r2', 7],
    ['cancelled:r3', 2],
    ['lost_connection:r4', 1],
    ['completed:r5', 0],
    ['completed:*', 4],
  ]);
  expect(topRobots(counts, 2)).toEqual({
    top: [
      { robot_id: 'r2', completed: 7, failed: 0, cancelled: 0, lost_connection: 0 },
      { robot_id: 'r1', completed: 5, failed: 1, cancelled: 0, lost_connection: 0 },
    ],
    rest: { completed: 4, failed: 0, cancelled: 2, lost_connection: 1 },
  });
});
