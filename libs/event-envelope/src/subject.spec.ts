import * as fc from 'fast-check';

import { eventTypes, streamOf } from './catalogue.ts';
import { createEvent } from './create-event.ts';
import { entityIdPattern, isEntityId } from './entity-id.ts';
import {
  deadLetterSubject,
  entityOf,
  lastAttemptSubject,
  streamSubjects,
  subjectFilter,
  subjectOf,
} from './subject.ts';

const matches = (filter: string, subject: string): boolean => {
  const wanted = filter.split('.');
  const tokens = subject.split('.');
  return (
    wanted.length === tokens.length && wanted.every((token, at) => token === '*' || token === tokens[at])
  );
};

const established = (robot_id: string) =>
  createEvent('telemetry.connection_established', { robot_id, connection_id: 'c', connected_at: 1 });

describe('subjects', () => {
  it('are the type and the entity', () => {
    expect(subjectOf(established('robot_001'))).toBe('charter.v1.telemetry.connection_established.robot_001');
    const started = createEvent('metrics.aggregation_started', { job_id: 'nightly', started_at: 1 });
    expect(subjectOf(started)).toBe('charter.v1.metrics.aggregation_started.nightly');
    expect(entityOf(started)).toBe('nightly');
  });

  it('have five tokens whatever the entity, and match the filter of their type and of their entity', () => {
    fc.assert(
      fc.property(fc.stringMatching(entityIdPattern), (robotId) => {
        const subject = subjectOf(established(robotId));
        expect(subject.split('.')).toHaveLength(5);
        expect(matches(subjectFilter('telemetry.connection_established'), subject)).toBe(true);
        expect(matches(subjectFilter('telemetry.connection_established', robotId), subject)).toBe(true);
        expect(matches(subjectFilter('telemetry.connection_closed'), subject)).toBe(false);
      }),
    );
  });

  it.each(['', '*', '>', 'a.b', 'a b', '-a', 'a\n', 'x'.repeat(65)])(
    'have no room for the entity %j',
    (entity) => {
      expect(isEntityId(entity)).toBe(false);
      expect(() => subjectFilter('telemetry.data_received', entity)).toThrow(RangeError);
    },
  );

  it('of every type are captured by exactly one stream, the one the catalogue names', () => {
    for (const type of eventTypes) {
      const subject = `charter.v1.${type}.x`;
      const streams = Object.entries(streamSubjects).filter(([, filters]) =>
        filters.some((filter) => matches(filter, subject)),
      );
      expect(streams.map(([name]) => name)).toEqual([streamOf(type)]);
    }
  });

  it('of dead letters name the stream and the durable', () => {
    expect(deadLetterSubject('CHARTER_EVENTS', 'audit')).toBe('charter.dead.CHARTER_EVENTS.audit');
  });

  it('of last attempts lie beside those of dead letters', () => {
    const subject = lastAttemptSubject('CHARTER_EVENTS', 'audit', '17-1703001234000');
    expect(subject).toBe('charter.dead.attempts.CHARTER_EVENTS.audit.17-1703001234000');
    expect(matches('charter.dead.*.*', subject)).toBe(false);
  });
});
