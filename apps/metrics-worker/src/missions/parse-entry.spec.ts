import { parseEntry } from './parse-entry.ts';

const now = 1_700_000_100_000;
const id = '1700000000123-4';
const entry = (fields: Record<string, string>): [string, string[]] => [id, Object.entries(fields).flat()];
const json = (data: unknown): [string, string[]] => entry({ data: JSON.stringify(data) });

describe('an entry with event_type', () => {
  it('says what happened to which mission, at the time of its id', () => {
    expect(
      parseEntry(entry({ event_type: 'mission.completed', mission_id: 'm1', robot_id: 'r1' }), now),
    ).toEqual({
      kind: 'completed',
      missionId: 'm1',
      robotId: 'r1',
      atMs: 1_700_000_000_123,
      retimed: false,
    });
  });

  it.each([
    ['1700000000.5', 1_700_000_000_500],
    ['1700000000500', 1_700_000_000_500],
    ['2023-11-14T22:13:20.500Z', 1_700_000_000_500],
  ])('happened at its own timestamp %s', (timestamp, atMs) => {
    const event = parseEntry(entry({ event_type: 'mission.started', mission_id: 'm1', timestamp }), now);
    expect(event).toMatchObject({ atMs, retimed: false });
  });

  it.each(['tomorrow', '-5', ' ', 'NaN', 'Infinity', '1e300', String(now / 1000 + 301)])(
    'takes the time of its id when its timestamp is %s',
    (timestamp) => {
      const event = parseEntry(entry({ event_type: 'mission.started', mission_id: 'm1', timestamp }), now);
      expect(event).toMatchObject({ atMs: 1_700_000_000_123, retimed: true });
    },
  );

  it.each(['18446744073709551615-18446744073709551615', `${now + 2 * 86_400_000}-0`])(
    'happened now when its id is %s',
    (future) => {
      const event = parseEntry([future, ['event_type', 'mission.started', 'mission_id', 'm1']], now);
      expect(event).toMatchObject({ atMs: now });
    },
  );

  it('is of another kind when its type is unknown', () => {
    expect(parseEntry(entry({ event_type: 'mission.paused', mission_id: 'm1' }), now)).toMatchObject({
      kind: 'other',
    });
  });

  it('is rejected without a mission', () => {
    expect(parseEntry(entry({ event_type: 'mission.started' }), now)).toEqual({ reason: 'no_mission_id' });
  });

  it('names no robot when the robot is no id', () => {
    const event = parseEntry(entry({ event_type: 'mission.failed', mission_id: 'm1', robot_id: 'a b' }), now);
    expect(event).toMatchObject({ robotId: undefined });
  });
});

describe('an entry with data', () => {
  it.each([true, [], {}, [1_700_000_000], -1])(
    'takes the time of its id when its timestamp is %j',
    (timestamp) => {
      expect(parseEntry(json({ status: 'failed', mission_id: 'm1', timestamp }), now)).toMatchObject({
        atMs: 1_700_000_000_123,
        retimed: true,
      });
    },
  );

  it('is read as JSON', () => {
    expect(parseEntry(json({ status: 'failed', mission_id: 7, timestamp: 1_700_000_001.25 }), now)).toEqual({
      kind: 'failed',
      missionId: '7',
      robotId: undefined,
      atMs: 1_700_000_001_250,
      retimed: false,
    });
  });

  it('counts without a mission too', () => {
    expect(parseEntry(json({ status: 'completed' }), now)).toMatchObject({
      kind: 'completed',
      missionId: undefined,
    });
  });

  it.each([
    ['{"status":', 'invalid_json'],
    ['[1]', 'not_an_object'],
    ['null', 'not_an_object'],
    ['{"mission_id":"m1"}', 'no_status'],
    ['{"status":"failed","mission_id":"\\ud800"}', 'invalid_mission_id'],
  ])('is rejected when it is %s', (data, reason) => {
    expect(parseEntry(entry({ data }), now)).toEqual({ reason });
  });
});

it('rejects an entry that is neither', () => {
  expect(parseEntry(entry({ hello: 'world' }), now)).toEqual({ reason: 'no_event_type' });
});
