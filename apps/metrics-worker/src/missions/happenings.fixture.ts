import fc from 'fast-check';

import { missionEventKinds } from './mission-event.ts';

/** Histories of missions as they may come: in any order, repeated, at coinciding times. */
export const happenings = fc.array(
  fc.record({
    kind: fc.constantFrom(...missionEventKinds),
    atMs: fc.integer({ min: 1_700_000_000_000, max: 1_700_000_200_000 }).map((ms) => ms - (ms % 5000)),
    robotId: fc.constantFrom(undefined, 'r1', 'r2'),
  }),
  { maxLength: 12 },
);
