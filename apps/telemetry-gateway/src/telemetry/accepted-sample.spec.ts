import { catalogue, entityIdPattern } from '@fleet/event-envelope';
import fc from 'fast-check';

import { createMessageCheck } from '../sockets/message-check.ts';
import { AcceptedSample, toReading } from './accepted-sample.ts';
import { SampleOrigin } from './sample-origin.ts';

const check = createMessageCheck();
const number = fc.double({ noNaN: true, noDefaultInfinity: true });
const name = fc.oneof(
  { weight: 9, arbitrary: fc.stringMatching(/^[a-zA-Z_][\w.]{0,10}$/) },
  { weight: 1, arbitrary: fc.oneof(fc.constantFrom('__proto__', 'x y'), fc.string()) },
);
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constant('\ud800'));
const sampleLike = fc.record(
  {
    type: fc.constant('telemetry'),
    seq: fc.oneof(fc.integer({ min: 1 }), fc.maxSafeNat()),
    recorded_at: number,
    metrics: fc.dictionary(name, fc.oneof(number, fc.constant(null)), { minKeys: 1, maxKeys: 4 }),
    attributes: fc.dictionary(name, fc.oneof(text, number, fc.boolean(), fc.constant(null)), {
      maxKeys: 4,
    }),
  },
  { requiredKeys: ['type', 'metrics'] },
);
const payloadSchema = catalogue['telemetry.data_received'].payload;

describe('an accepted sample', () => {
  it('is a valid event that says what the robot said', () => {
    let accepted = 0;
    const origin = new SampleOrigin('robot_1', 'ws_robot_1_1_abc');
    expect(origin.robotId).toMatch(entityIdPattern);
    fc.assert(
      fc.property(sampleLike, fc.boolean(), (message, isFromTheFuture) => {
        const [sample] = check(JSON.stringify(message)).samples;
        if (sample === undefined) return;
        accepted += 1;
        const reading = toReading(sample, 1_700_000_000.125, isFromTheFuture);
        const { payload } = new AcceptedSample({
          origin,
          reading,
          isDated: sample.recorded_at !== undefined,
          eventId: undefined,
          pending: undefined,
          bytes: 1,
          arrivedAtMs: 1,
        });
        const { recorded_at } = sample;
        const expected = {
          robot_id: 'robot_1',
          connection_id: 'ws_robot_1_1_abc',
          metrics: sample.metrics,
          received_at: 1_700_000_000.125,
          ...(sample.seq !== undefined && { seq: sample.seq }),
          ...(recorded_at !== undefined && {
            recorded_at: isFromTheFuture ? 1_700_000_000.125 : recorded_at,
          }),
          ...(sample.attributes !== undefined && { attributes: sample.attributes }),
        };
        const said: unknown = JSON.parse(payload);
        // JSON has one zero.
        expect(said).toEqual(JSON.parse(JSON.stringify(expected)));
        expect(payloadSchema.safeParse(said).error).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
    expect(accepted).toBeGreaterThan(200);
  });
});
