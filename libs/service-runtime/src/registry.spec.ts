import { createRegistry } from './registry.ts';

describe('createRegistry', () => {
  it('tells of the process', async () => {
    const text = await createRegistry().metrics();
    expect(text).toMatch(/^process_cpu_seconds_total \d/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  it('calls nothing a total that is no counter', async () => {
    const metrics = await createRegistry().getMetricsAsJSON();
    const totals = metrics.filter(({ name }) => name.endsWith('_total'));
    expect(totals.length).toBeGreaterThan(0);
    expect(totals.filter(({ type }) => String(type) !== 'counter')).toEqual([]);
  });
});
