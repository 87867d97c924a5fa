import type { MissionCounts } from '../missions/mission-counts.ts';
import type { FleetCounts } from '../robots/fleet-counts.ts';

/** What a run came to. */
export interface Summary {
  readonly samples: Omit<FleetCounts, 'robots' | 'connected'>;
  readonly robots: number;
  readonly missions: MissionCounts;
  /** Entries of the mission stream; nothing when none were wanted. */
  readonly missionEvents:
    { readonly stream: string; readonly written: number; readonly unwritten: number } | undefined;
  readonly seconds: number;
  readonly wasInterrupted: boolean;
}

/** Whether everything that was to be delivered has arrived. */
export const isComplete = ({ samples, missionEvents }: Summary): boolean =>
  samples.unconfirmed === 0 &&
  samples.refused === 0 &&
  samples.dropped === 0 &&
  (missionEvents?.unwritten ?? 0) === 0;

export const formatSummary = (summary: Summary): string => {
  const { samples, missions, missionEvents, seconds, robots } = summary;
  const rate = seconds > 0 ? samples.acked / seconds : 0;
  return [
    row('samples', [
      ['sent', samples.sent],
      ['acked', samples.acked],
      ['resent', samples.resent],
      ['refused', samples.refused],
      ['dropped', samples.dropped],
      ['unconfirmed', samples.unconfirmed],
    ]),
    row('missions', [
      ['created', missions.created],
      ['completed', missions.completed],
      ['failed', missions.failed],
      ['cancelled', missions.cancelled],
      ['under way', missions.open],
    ]),
    eventsLine(missionEvents),
    `time      ${seconds.toFixed(1)} s, ${count(Math.round(rate))} samples a second from ${count(robots)} ${robots === 1 ? 'robot' : 'robots'}`,
    '',
  ].join('\n');
};

const eventsLine = (events: Summary['missionEvents']): string => {
  if (events === undefined) return 'events    none: missions are switched off';
  const missing = events.unwritten === 0 ? '' : `, ${count(events.unwritten)} could not be written`;
  return `events    ${count(events.written)} written to ${events.stream}${missing}`;
};

const row = (name: string, values: readonly (readonly [string, number])[]): string =>
  `${name.padEnd(10)}${values.map(([word, value]) => `${count(value)} ${word}`).join(' · ')}`;

const count = (value: number): string => value.toLocaleString('en-US');
