import { createEvent, encodeEvent, InvalidEventError } from '@fleet/event-envelope';
import fc from 'fast-check';

import { EncodedPayload } from './encoded-payload.ts';
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

  const sample = (metrics: Record<string, number>) => ({
    robot_id: 'robot_1',
    connection_id: 'c',
    metrics,
    received_at: 1.5,
  });
  /** A reading that does something whenever it is read after it was checked. */
  const reading = (more: Record<string, number>, then: () => void) => {
    let reads = 0;
    const metrics = {
      get sly() {
        reads += 1;
        if (reads > 1) then();
        return 1;
      },
    };
    return sample(Object.defineProperties(metrics, Object.getOwnPropertyDescriptors(more)));
  };
  const textOf = ({ data }: { readonly data: Uint8Array }) => Buffer.from(data).toString();
  const payloadOf = (message: { readonly data: Uint8Array }): unknown =>
    (JSON.parse(textOf(message)) as { payload: unknown }).payload;

  it('is whole when a getter of its payload wants another to be made meanwhile', () => {
    const make = createMakeMessage('b', new MessageStore());
    const refused: unknown[] = [];
    // A number that long makes the object be written anew.
    const payload = reading({ long: 1e-9 }, () => {
      try {
        make('telemetry.data_received', sample({ other: 2 }), undefined, undefined);
      } catch (error) {
        refused.push(error);
      }
    });
    const before = make('telemetry.data_received', sample({ before: 1 }), undefined, undefined);
    const message = make('telemetry.data_received', payload, undefined, undefined);
    const after = make('telemetry.data_received', sample({ after: 1 }), undefined, undefined);
    expect([before, message, after].map(payloadOf)).toEqual(
      [{ before: 1 }, { sly: 1, long: 1e-9 }, { after: 1 }].map(sample),
    );
    expect(String(refused[0])).toContain('made while the payload of another event was read');
  });

  it('leaves nothing behind when a getter of its payload throws', () => {
    const make = createMakeMessage('b', new MessageStore());
    const payload = reading({}, () => {
      throw new Error('not now');
    });
    expect(() => make('telemetry.data_received', payload, undefined, undefined)).toThrow('not now');
    const after = make('telemetry.data_received', sample({ after: 1 }), undefined, undefined);
    expect(payloadOf(after)).toEqual(sample({ after: 1 }));
  });

  it('has an encoded payload as it was encoded', () => {
    const make = createMakeMessage('b', new MessageStore());
    fc.assert(
      fc.property(options, fc.dictionary(text, fc.double({ noNaN: true })), (of, metrics) => {
        const json = JSON.stringify(sample(metrics));
        const message = make('telemetry.data_received', new EncodedPayload('robot_1', json), of, undefined);
        const meta = { producer: 'b', ...of.meta };
        const event = createEvent('telemetry.data_received', sample({}), { ...of, meta });
        expect(textOf(message)).toBe(
          Buffer.from(encodeEvent(event))
            .toString()
            .replace(JSON.stringify(sample({})), () => json),
        );
        expect(message.subject).toBe('charter.v1.telemetry.data_received.robot_1');
      }),
    );
  });

  it('is refused with an encoded payload for an entity or an option that is none', () => {
    const make = createMakeMessage('b', new MessageStore());
    const of = (entity: string, id?: string) => () =>
      make('telemetry.data_received', new EncodedPayload(entity, '{}'), { id }, undefined);
    expect(of('a.>')).toThrow(RangeError);
    expect(of('a', 'no\r\nuuid')).toThrow(InvalidEventError);
  });

  it('is what was checked, whatever the payload would make of itself', () => {
    const make = createMakeMessage('b', new MessageStore());
    const own = Object.defineProperty(sample({ a: 1 }), 'toJSON', {
      value: () => 'another',
      enumerable: false,
    });
    expect(payloadOf(make('telemetry.data_received', own, undefined, undefined))).toEqual(sample({ a: 1 }));
  });
});
