import {
  PublishError,
  type PublishErrorKind,
  type PublishOptions,
  type PublishOutcome,
} from '@fleet/event-stream';

import { AcceptedSample } from './accepted-sample.ts';
import { SampleOrigin } from './sample-origin.ts';
import { createStreamSink, type StoreOutcome } from './sample-sink.ts';

const sample = new AcceptedSample({
  origin: new SampleOrigin('r', 'c'),
  reading: { metrics: { a: 1 }, recordedAt: 1, receivedAt: 2, seq: 3 },
  isDated: false,
  eventId: 'e',
  pending: undefined,
  bytes: 10,
  arrivedAtMs: 2000,
});

const setUp = () => {
  const published: { payload: unknown; options: PublishOptions; outcome: PublishOutcome }[] = [];
  const warnings: object[] = [];
  const sink = createStreamSink(
    { publishWith: (_, payload, options, outcome) => void published.push({ payload, options, outcome }) },
    { warn: (fields) => void warnings.push(fields) },
  );
  const abort = new AbortController();
  const outcomes: StoreOutcome[] = [];
  sink.store(sample, abort.signal, (_, outcome) => outcomes.push(outcome));
  const fail = (kind: PublishErrorKind) =>
    published.at(-1)?.outcome.failed(new PublishError(kind, 'subject', 'detail'));
  return { published, warnings, abort, outcomes, fail };
};

describe('the stream as the store of samples', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('has stored a sample when the stream has, under the id of the sample', () => {
    const { published, outcomes } = setUp();
    expect(published).toMatchObject([
      {
        payload: {
          entity: 'r',
          json: '{"robot_id":"r","connection_id":"c","received_at":2,"seq":3,"metrics":{"a":1}}',
        },
        options: { id: 'e' },
      },
    ]);
    expect(outcomes).toEqual([]);
    published[0]?.outcome.stored({ stream: 'S', sequence: 1, duplicate: false });
    expect(outcomes).toEqual([{ kind: 'stored' }]);
  });

  it.each(['too_large', 'invalid'] as const)('never takes what is %s', (kind) => {
    const { outcomes, fail } = setUp();
    fail(kind);
    expect(outcomes).toMatchObject([{ kind: 'impossible' }]);
  });

  it.each(['aborted', 'closed'] as const)('does not know of what is %s', (kind) => {
    const { outcomes, fail, warnings } = setUp();
    fail(kind);
    expect(outcomes).toEqual([{ kind: 'abandoned' }]);
    expect(warnings).toEqual([]);
  });

  it.each(['permission', 'stream_full', 'no_stream'] as const)('says so and tries again after %s', (kind) => {
    const { published, outcomes, fail, warnings } = setUp();
    fail(kind);
    expect(outcomes).toEqual([]);
    expect(warnings).toMatchObject([{ kind }]);
    jest.advanceTimersByTime(1000);
    expect(published).toHaveLength(2);
    expect(published[1]?.options.id).toBe('e');
    expect(published[1]?.payload).toEqual(published[0]?.payload);
  });

  it('tries no further when it is told to give up', () => {
    const { published, abort, fail, outcomes } = setUp();
    abort.abort();
    fail('stream_full');
    jest.advanceTimersByTime(1000);
    expect(published).toHaveLength(1);
    expect(outcomes).toEqual([{ kind: 'abandoned' }]);
  });
});
