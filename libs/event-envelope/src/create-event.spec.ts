import { createEvent, type CreateEventOptions } from './create-event.ts';
import { InvalidEventError } from './errors.ts';

const payload = { job_id: 'aggregate_mission_metrics', started_at: 1703001230 };
const started = (options?: CreateEventOptions) =>
  createEvent('metrics.aggregation_started', payload, options);

describe('createEvent', () => {
  it('fills in what the producer leaves out', () => {
    const before = Date.now() / 1000;
    const event = started();
    expect(event).toEqual({
      id: expect.stringMatching(
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      ) as string,
      type: 'metrics.aggregation_started',
      source: 'metrics_service',
      target: null,
      timestamp: expect.any(Number) as number,
      payload,
      meta: { version: '1.0' },
    });
    expect(event.timestamp).toBeGreaterThanOrEqual(before);
    expect(event.timestamp).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('takes what the producer says, and adds the version', () => {
    const id = '0b8e6f1c-5f0d-5c3a-9a51-2d6f0e7a1b01';
    const meta = { producer: 'worker-1', correlation_id: 'run-7' };
    const event = started({ id, source: 'night_shift', target: 'dashboard', timestamp: 12.5, meta });
    expect(event).toMatchObject({ id, source: 'night_shift', target: 'dashboard', timestamp: 12.5 });
    expect(event.meta).toEqual({ version: '1.0', ...meta });
  });

  it('gives every event an id of its own', () => {
    expect(new Set(Array.from({ length: 100 }, () => started().id)).size).toBe(100);
  });

  it.each([
    ['a field too many', { ...payload, extra: 1 }, 'the event'],
    ['a missing field', { job_id: 'j' }, 'payload.started_at'],
    ['a field of another type', { ...payload, started_at: '12' }, 'payload.started_at'],
    ['a number that JSON cannot hold', { ...payload, started_at: Number.NaN }, 'payload.started_at'],
    ['an id that would break the subject', { ...payload, job_id: 'a.b' }, 'payload.job_id'],
    ['no object', null, 'the event'],
  ])('refuses %s and says where', (_what, wrong, where) => {
    const make = () => createEvent('metrics.aggregation_started', wrong as unknown as typeof payload);
    expect(make).toThrow(InvalidEventError);
    expect(make).toThrow(`metrics.aggregation_started: ${where}: `);
  });

  it.each<[string, CreateEventOptions]>([
    ['id', { id: 'seven' }],
    ['source', { source: 'Night Shift' }],
    ['timestamp', { timestamp: Number.POSITIVE_INFINITY }],
    ['target', { target: 7 as unknown as string }],
    ['meta.producer', { meta: { producer: 7 as unknown as string } }],
  ])('refuses an option that no reader would take: %s', (where, options) => {
    expect(() => started(options)).toThrow(`metrics.aggregation_started: ${where}: `);
  });
});
