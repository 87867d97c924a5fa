import { createEvent } from '@fleet/event-envelope';
import fc from 'fast-check';

import { createEventText } from './event-text.ts';

const text = fc.string({ unit: 'grapheme' });
const options = fc.record(
  {
    id: fc.uuid(),
    source: fc.constantFrom('telemetry_service', 'another_source'),
    target: text,
    timestamp: fc.double({ noNaN: true, noDefaultInfinity: true }),
    meta: fc.record(
      { producer: fc.constantFrom('a', 'b "quoted"'), correlation_id: text, traceparent: text },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: [] },
);

describe('the text of events', () => {
  it('is what JSON.stringify makes of each, one after the other', () => {
    const textOf = createEventText();
    fc.assert(
      fc.property(options, text, (of, detail) => {
        const event = createEvent(
          'telemetry.message_rejected',
          { robot_id: 'robot_1', connection_id: 'c', code: 'invalid_json', detail, rejected_at: 1.5 },
          of,
        );
        expect(textOf(event)).toBe(JSON.stringify(event));
      }),
      { numRuns: 500 },
    );
  });
});
