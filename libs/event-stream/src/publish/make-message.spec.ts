import { createEvent, encodeEvent } from '@fleet/event-envelope';
import fc from 'fast-check';

import { createMakeMessage } from './make-message.ts';
import { MessageStore } from './message-store.ts';

const text = fc.string({ unit: 'grapheme' });
const options = fc.record(
  {
    id: fc.uuid(),
    source: fc.constantFrom('telemetry_service', 'another_source'),
    target: text,
    timestamp: fc.double({ noNaN: true, noDefaultInfinity: true }),
    meta: fc.record({ correlation_id: text, traceparent: text }, { requiredKeys: [] }),
  },
  { requiredKeys: ['id', 'timestamp'] },
);

describe('a message that is made', () => {
  it('has the bytes of the event that createEvent makes', () => {
    const instance = 'b "quoted"';
    const make = createMakeMessage(instance, new MessageStore());
    fc.assert(
      fc.property(options, text, (of, detail) => {
        const payload = { robot_id: 'robot_1', connection_id: 'c', code: 'x', detail, rejected_at: 1.5 };
        const message = make('telemetry.message_rejected', payload, of, undefined);
        const meta = { producer: instance, ...of.meta };
        const event = createEvent('telemetry.message_rejected', payload, { ...of, meta });
        expect(Buffer.from(message.data)).toEqual(Buffer.from(encodeEvent(event)));
        expect(message).toMatchObject({
          id: of.id,
          subject: 'charter.v1.telemetry.message_rejected.robot_1',
          delivery: 'expendable',
        });
      }),
      { numRuns: 500 },
    );
  });
});
