import { metricsOf } from './query-metrics.ts';

describe('metricsOf', () => {
  it.each([
    ['up == 0', ['up']],
    ['sum by (job, reason) (increase(lost_total{kind!~"a|b", job="up"}[5m])) > 0', ['lost_total']],
    ['lag_seconds > 1e3 and on (instance) held{job="x"} == 1', ['lag_seconds', 'held']],
    [
      'histogram_quantile(0.99, sum by (le) (rate(time_seconds_bucket[$__rate_interval]))) * 60',
      ['time_seconds_bucket'],
    ],
    ['absent(up{job="a"} == 1) or vector(0) unless other offset 5m', ['up', 'other']],
    ['time() - start_time_seconds', ['start_time_seconds']],
  ])('finds in %s what it reads', (expression, names) => {
    expect(metricsOf(expression)).toEqual(names);
  });
});
