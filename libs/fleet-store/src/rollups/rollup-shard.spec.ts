import { rollupShard, rollupShards } from './rollup-shard.ts';

it('spreads robots evenly', () => {
  const sizes = new Array<number>(rollupShards).fill(0);
  for (let robot = 0; robot < 8000; robot += 1) {
    const shard = rollupShard(`robot_${robot}`);
    sizes[shard] = (sizes[shard] ?? 0) + 1;
  }
  expect(Math.min(...sizes)).toBeGreaterThan(700);
  expect(Math.max(...sizes)).toBeLessThan(1300);
});
