import type { StreamConfig } from '@nats-io/jetstream';

import { compareStream } from './compare-stream.ts';
import { streamPlanOf } from './stream-plan.ts';

const plan = streamPlanOf('CHARTER_TELEMETRY', {
  replicas: 3,
  streams: { CHARTER_TELEMETRY: { maxBytes: 1_000, maxAgeSeconds: undefined as never } },
});

const existing = (more: Partial<StreamConfig> = {}): StreamConfig =>
  ({
    name: plan.name,
    subjects: [...plan.subjects],
    retention: 'limits',
    storage: 'file',
    max_bytes: 1_000,
    max_age: 86_400e9,
    duplicate_window: 120e9,
    num_replicas: 3,
    ...more,
  }) as StreamConfig;

describe('a stream on the server beside what is wanted', () => {
  it('is left as it is when it has that or more', () => {
    const wider = existing({
      max_bytes: -1,
      max_age: 0,
      duplicate_window: 999e9,
      num_replicas: 5,
      subjects: ['other', ...plan.subjects],
    });
    expect(compareStream(existing(), plan)).toEqual({ widening: {} });
    expect(compareStream(wider, plan)).toEqual({ widening: {} });
  });

  it('is widened where it has less', () => {
    const narrower = existing({
      max_bytes: 10,
      max_age: 1e9,
      duplicate_window: 1e9,
      num_replicas: 1,
      subjects: ['other'],
    });
    expect(compareStream(narrower, plan)).toEqual({
      widening: {
        subjects: ['other', ...plan.subjects],
        max_bytes: 1_000,
        max_age: 86_400e9,
        duplicate_window: 120e9,
        num_replicas: 3,
      },
    });
  });

  it.each<[string, Partial<StreamConfig>]>([
    ['retention', { retention: 'workqueue' }],
    ['memory', { storage: 'memory' }],
    ['mirror', { mirror: { name: 'elsewhere' } }],
    ['sealed', { sealed: true }],
    ['no_ack', { no_ack: true }],
  ])('contradicts it: %s', (word, config) => {
    expect(compareStream(existing(config), plan)).toEqual({
      contradiction: expect.stringContaining(word) as string,
    });
  });
});
