import * as fc from 'fast-check';
import { z } from 'zod';

import { arbitraryOf } from '../test/arbitrary-payload.ts';
import { catalogue, eventTypes, type EventPayload, type EventType } from './catalogue.ts';
import { createEvent } from './create-event.ts';
import { encodeEvent } from './encode-event.ts';
import { EventParseError, type EventParseFailure } from './errors.ts';
import { parseEvent } from './parse-event.ts';

const good = () => ({
  id: '0b8e6f1c-5f0d-4c3a-9a51-2d6f0e7a1b01',
  type: 'metrics.aggregation_started',
  source: 'metrics_service',
  target: null as unknown,
  timestamp: 1703001230.004 as unknown,
  payload: { job_id: 'nightly', started_at: 1703001230 } as unknown,
  meta: { version: '1.0' } as unknown,
});

const failureOf = (input: Uint8Array | string | object) => {
  try {
    parseEvent(input);
  } catch (error) {
    if (error instanceof EventParseError) return { failure: error.failure, path: error.path };
    throw error;
  }
  return undefined;
};

describe('parseEvent', () => {
  it.each(eventTypes)('reads every %s that can be made as it was made', (type) => {
    const payloads = arbitraryOf(z.toJSONSchema(catalogue[type].payload, { io: 'input' }) as object);
    fc.assert(
      fc.property(payloads, (payload) => {
        const event = createEvent(type, payload as EventPayload<EventType>);
        // JSON has no negative zero.
        expect(parseEvent(encodeEvent(event))).toEqual(JSON.parse(JSON.stringify(event)));
      }),
      { numRuns: 60 },
    );
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    const inputs = fc.oneof(fc.uint8Array(), fc.string(), fc.json(), fc.object());
    fc.assert(fc.property(inputs, (input) => failureOf(input) !== undefined));
  });

  it('refuses a reading named __proto__ that is no number, and inherits nothing from one that is', () => {
    const sample = (value: string) =>
      `{"id":"0b8e6f1c-5f0d-4c3a-9a51-2d6f0e7a1b01","type":"telemetry.metrics_published","source":"a",` +
      `"target":null,"timestamp":1,"payload":{"robot_id":"r","published_at":1,"metrics":{"__proto__":${value}}}}`;
    expect(failureOf(sample('{"cpu":1}'))).toBeDefined();
    const { payload } = parseEvent(sample('1')) as { payload: { metrics: object } };
    expect(Object.keys(payload.metrics)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(payload.metrics)).toBe(Object.prototype);
  });

  it('keeps what it does not know, at every level', () => {
    const event = {
      ...good(),
      region: 'north',
      payload: { job_id: 'nightly', started_at: 1, shard: 3 },
      meta: { version: '1.7', tenant: 'acme' },
    };
    expect(parseEvent(event)).toEqual(event);
  });

  it.each([
    ['missing', undefined],
    ['empty', {}],
    ['without a version', { producer: 'x' }],
  ])('takes a meta that is %s', (_what, meta) => {
    const event = { ...good(), meta };
    expect(parseEvent(JSON.stringify(event)).meta).toEqual(meta ?? {});
  });

  it.each<[string, Uint8Array | string | object, EventParseFailure, string]>([
    ['bytes that are no UTF-8', Uint8Array.of(0x7b, 0xff, 0x7d), 'not_utf8', ''],
    ['nothing', new Uint8Array(), 'not_json', ''],
    ['half an event', JSON.stringify(good()).slice(0, 40), 'not_json', ''],
    ['an array', '[]', 'invalid_envelope', ''],
    ['null', 'null', 'invalid_envelope', ''],
    ['no type', { ...good(), type: undefined }, 'invalid_envelope', 'type'],
    ['a type that is an inherited name', { ...good(), type: 'toString' }, 'unknown_type', 'type'],
    ['a type of another charter', { ...good(), type: 'missions.started' }, 'unknown_type', 'type'],
    ['a later major version', { ...good(), meta: { version: '2.0' } }, 'unknown_version', 'meta.version'],
    [
      'a version that begins alike',
      { ...good(), meta: { version: '10.0' } },
      'unknown_version',
      'meta.version',
    ],
    ['a version that is no text', { ...good(), meta: { version: 1 } }, 'invalid_envelope', 'meta.version'],
    ['an id that is no UUID', { ...good(), id: '7' }, 'invalid_envelope', 'id'],
    ['a time as text', { ...good(), timestamp: '2026-01-01' }, 'invalid_envelope', 'timestamp'],
    ['a time that is no number', { ...good(), timestamp: Number.NaN }, 'invalid_envelope', 'timestamp'],
    ['a meta that is null', { ...good(), meta: null }, 'invalid_envelope', 'meta'],
    ['a payload that is none', { ...good(), payload: null }, 'invalid_payload', 'payload'],
    [
      'a payload without its entity',
      { ...good(), payload: { started_at: 1 } },
      'invalid_payload',
      'payload.job_id',
    ],
    [
      'an entity with a wildcard',
      { ...good(), payload: { job_id: '*', started_at: 1 } },
      'invalid_payload',
      'payload.job_id',
    ],
  ])('refuses %s', (_what, input, failure, path) => {
    expect(failureOf(input)).toEqual({ failure, path });
  });
});
