import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { catalogue, deliveryOf, eventTypes, isEventType, streamOf } from './catalogue.ts';
import { createEvent } from './create-event.ts';
import { parseEvent } from './parse-event.ts';

const examples = join(__dirname, '../examples');
const exampleOf = (type: string) => readFileSync(join(examples, `${type}.json`));

describe('catalogue', () => {
  it('has an example of every event and of nothing else', () => {
    expect(readdirSync(examples).sort()).toEqual(eventTypes.map((type) => `${type}.json`).sort());
  });

  it.each(eventTypes)('reads the example of %s as it is written', (type) => {
    const bytes = exampleOf(type);
    const event = parseEvent(bytes);
    expect(event.type).toBe(type);
    expect(event).toEqual(JSON.parse(bytes.toString()));
  });

  it.each(eventTypes)('lets writers make the example of %s', (type) => {
    const { id, source, timestamp, payload, meta } = parseEvent(exampleOf(type));
    expect(source).toBe(catalogue[type].source);
    const made = createEvent(type, payload, { id, timestamp, meta });
    expect(made).toEqual(JSON.parse(exampleOf(type).toString()));
  });

  it.each(eventTypes)('shows every field of %s in its example', (type) => {
    const { payload } = parseEvent(exampleOf(type));
    expect(Object.keys(payload).sort()).toEqual(Object.keys(catalogue[type].payload.shape).sort());
  });

  it('knows its own types only', () => {
    expect(isEventType('telemetry.data_received')).toBe(true);
    expect(['telemetry.other', 'toString', '__proto__', '', undefined, 7].filter(isEventType)).toEqual([]);
  });

  it('keeps samples apart from everything else, and has whoever publishes them wait', () => {
    const samples = eventTypes.filter((type) => streamOf(type) === 'CHARTER_TELEMETRY');
    expect(samples).toEqual(['telemetry.data_received']);
    expect(samples.map(deliveryOf)).toEqual(['acknowledged']);
  });

  it('lets no life-cycle event go when memory is short', () => {
    const expendable = eventTypes.filter((type) => deliveryOf(type) === 'expendable');
    expect(expendable).toEqual([
      'telemetry.metrics_published',
      'telemetry.message_rejected',
      'telemetry.connection_quality',
    ]);
  });
});
