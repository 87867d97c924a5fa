import { Registry } from 'prom-client';

import type { Reading } from '@fleet/fleet-store';
import type { Sample } from '@fleet/robot-protocol';

import type { AcceptedSample } from './accepted-sample.ts';
import { Backlog } from './backlog.ts';
import { SampleIntake } from './sample-intake.ts';
import type { StoreOutcome } from './sample-sink.ts';
import { SequenceLedger } from './sequence-ledger.ts';
import { createTelemetryMetrics } from './telemetry-metrics.ts';

const now = 1_700_000_000_000;

const setUp = () => {
  const stored: AcceptedSample[] = [];
  const readings: Reading[] = [];
  const refusals: { code: string; seq: number }[] = [];
  const settle: ((outcome: StoreOutcome) => void)[] = [];
  let settled = 0;
  const ledger = new SequenceLedger();
  const metrics = createTelemetryMetrics(new Registry(), { written: 0, skipped: 0, failures: 0 });
  const backlog = new Backlog({ samples: 4, bytes: 1000 }, () => undefined);
  const intake = new SampleIntake(
    {
      robotId: 'r',
      connectionId: 'c',
      scope: 'r/s',
      ledger,
      backlog,
      onSettled: () => (settled += 1),
      refuse: (refusal) => refusals.push(refusal),
    },
    {
      sink: {
        store: (sample, signal, settleIt) => {
          stored.push(sample);
          settle.push((outcome) => settleIt(sample, outcome));
          signal.addEventListener('abort', () => settleIt(sample, { kind: 'abandoned' }));
        },
      },
      onReading: (_, reading) => readings.push(reading),
      metrics,
      total: new Backlog({ samples: 100, bytes: 10_000 }, () => undefined),
    },
  );
  const take = (sample: Partial<Sample>): void => intake.take({ metrics: { a: 1 }, ...sample }, 10, now);
  const finish = async (outcome: StoreOutcome = { kind: 'stored' }): Promise<void> => {
    settle.shift()?.(outcome);
    await new Promise(setImmediate);
  };
  return {
    intake,
    ledger,
    metrics,
    backlog,
    stored,
    readings,
    refusals,
    take,
    finish,
    settled: () => settled,
  };
};

describe('the intake of a connection', () => {
  it('confirms a sample when it is stored, and not before', async () => {
    const { take, finish, ledger, settled } = setUp();
    take({ seq: 1 });
    expect(ledger.acknowledgement()).toBeUndefined();
    await finish();
    expect(ledger.acknowledgement()).toEqual({ seq: 1, missing: [] });
    expect(settled()).toBe(1);
  });

  it('stores a sample once and confirms it as often as it comes', async () => {
    const { take, finish, stored, settled, metrics } = setUp();
    take({ seq: 1 });
    take({ seq: 1 });
    await finish();
    expect(stored).toHaveLength(1);
    expect(settled()).toBe(2);
    expect(metrics.samples).toMatchObject({ stored: 1, duplicate: 1 });
  });

  it('takes a time too far ahead for the time of arrival, and counts it', () => {
    const { take, stored, metrics } = setUp();
    take({ seq: 1, recorded_at: now / 1000 + 5 });
    take({ seq: 2, recorded_at: now / 1000 + 5.1 });
    take({ seq: 3, recorded_at: 12 });
    expect(stored.map((each) => each.reading.recordedAt)).toEqual([now / 1000 + 5, now / 1000, 12]);
    expect(metrics.samples.clamped).toBe(1);
  });

  it('refuses what can never be stored and does not wait for it', async () => {
    const { take, finish, refusals, ledger } = setUp();
    take({ seq: 1 });
    take({ seq: 2 });
    await finish({ kind: 'impossible', detail: 'too large' });
    await finish();
    expect(refusals).toEqual([{ code: 'not_stored', detail: 'too large', seq: 1 }]);
    expect(ledger.acknowledgement()).toEqual({ seq: 2, missing: [] });
  });

  it('is full at the bound and has room again when enough of it is stored', async () => {
    const { take, finish, backlog } = setUp();
    for (const seq of [1, 2, 3, 4]) take({ seq });
    expect(backlog.isFull).toBe(true);
    await finish();
    expect(backlog.isFull).toBe(false);
  });

  it('never confirms what it was told to abandon', async () => {
    const { intake, take, ledger, metrics } = setUp();
    take({ seq: 1 });
    intake.abandon();
    await new Promise(setImmediate);
    expect(ledger.acknowledgement()).toBeUndefined();
    expect(metrics.samples.abandoned).toBe(1);
  });

  it('counts a reading without a number that it could not store as lost', async () => {
    const { take, finish, metrics, readings } = setUp();
    take({});
    take({});
    await finish();
    await finish({ kind: 'abandoned' });
    expect(metrics.samples).toMatchObject({ stored: 1, lost_unnumbered: 1 });
    expect(readings).toHaveLength(2);
  });
});
