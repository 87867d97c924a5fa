import { createEvent, encodeEvent, EventParseError, type CharterEvent } from '@fleet/event-envelope';
import type { Tailed } from '@fleet/event-stream';

import { eventJson, eventLine } from './event-line.ts';

const place = { stream: 'CHARTER_EVENTS', sequence: 7, storedAt: 1_700_000_000_500, headers: {} };

const tailedOf = (event: CharterEvent): Tailed => ({
  ...place,
  subject: 'charter.v1.telemetry.connection_closed.robot_001',
  event,
  bytes: new TextEncoder().encode('{}'),
});

const closed = {
  ...createEvent('telemetry.connection_closed', {
    robot_id: 'robot_001',
    connection_id: 'ws_robot_001_1700000000_a1b2c3',
    duration_seconds: 12.5,
    reason: 'client_disconnect',
    disconnected_at: 1_700_000_000,
  }),
  timestamp: 1_700_000_000.25,
};

const malformed: Tailed = {
  ...place,
  subject: 'charter.v1.telemetry.connection_closed.robot_001',
  error: new EventParseError('not_json', '', 'expected JSON'),
  bytes: new TextEncoder().encode('\u001b[2Jhello\r\nworld'),
};

describe('an event on one line', () => {
  it('says when, what, about whom and the facts', () => {
    expect(eventLine(tailedOf(closed))).toBe(
      '2023-11-14T22:13:20.250Z  telemetry.connection_closed  robot_001  connection_id=ws_robot_001_1700000000_a1b2c3 ' +
        'duration_seconds=12.5 reason=client_disconnect disconnected_at=1700000000',
    );
  });

  it('shows metrics in braces', () => {
    const event = createEvent('telemetry.metrics_published', {
      robot_id: 'robot_001',
      metrics: { cpu_usage: 45.2, arm: null },
      published_at: 1,
    });
    expect(eventLine(tailedOf(event))).toContain('metrics={cpu_usage:45.2 arm:null}');
  });

  it('shows what cannot be read without letting it steer the terminal', () => {
    const line = eventLine(malformed);
    expect(line).toContain('unreadable  charter.v1.telemetry.connection_closed.robot_001');
    expect(line).toContain('not_json');
    expect(line).toContain('hello world');
    // eslint-disable-next-line no-control-regex -- they are what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f]/);
  });

  it('survives a time no calendar has', () => {
    expect(eventLine(tailedOf({ ...closed, timestamp: 1e300 }))).toMatch(/^\(no time\)/);
  });
});

describe('an event as JSON', () => {
  it('has its place in the stream', () => {
    const event = JSON.parse(new TextDecoder().decode(encodeEvent(closed))) as object;
    expect(JSON.parse(eventJson(tailedOf(closed)))).toMatchObject({
      stream: 'CHARTER_EVENTS',
      sequence: 7,
      event,
    });
  });

  it('gives what cannot be read as it is', () => {
    expect(JSON.parse(eventJson(malformed))).toMatchObject({
      raw: '\u001b[2Jhello\r\nworld',
      stored_at: 1_700_000_000.5,
    });
  });
});
