/**
 * One figure of the event stream in Prometheus terms, read when it is scraped. With a `label` it is one value per value
 * of that label; the set of values is closed and small.
 */
export interface EventStreamMetric {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge';
  readonly label?: string;
  read(): number | Readonly<Record<string, number>>;
}
