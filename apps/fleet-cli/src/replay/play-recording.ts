import { setTimeout as delay } from 'node:timers/promises';

import type { RobotClient, RobotSample } from '@fleet/robot-client';

import type { MissionEvent } from '../missions/mission-event.ts';
import { readRecording, type RecordedRow } from './read-recording.ts';
import { rowMissions } from './row-missions.ts';
import { rowTime } from './row-time.ts';
import { createRowToSample } from './row-to-sample.ts';
import type { RecordingSurvey } from './survey-recording.ts';

export interface Playback {
  readonly path: string;
  readonly survey: RecordingSurvey;
  /** Times as fast as it was; `max` does not wait at all. */
  readonly speed: number | 'max';
  /** Whether samples and missions keep the times of the recording. */
  readonly times: 'recorded' | 'now';
  readonly robotId: string;
  /** Begins the ids of missions. */
  readonly run: string;
  readonly client: Pick<RobotClient, 'send'>;
  mission(event: MissionEvent): void;
  readonly signal: AbortSignal;
}

/** How many samples may be unsettled, so that memory does not depend on the length of the recording. */
const maxUnsettled = 4_000;

/** Sends a recording as one robot. Resolves with the rows given to the client: all of them unless it was interrupted. */
export const playRecording = async (playback: Playback): Promise<number> => {
  const toSample = createRowToSample({ ...playback.survey, path: playback.path });
  const waitFor = createClock(playback);
  const unsettled: Promise<void>[] = [];
  let rows = 0;
  for await (const row of readRecording(playback.path)) {
    const recordedAt = rowTime(row);
    await waitFor(recordedAt);
    if (unsettled.length >= maxUnsettled) await interruptible(unsettled.shift(), playback.signal);
    if (playback.signal.aborted) break;
    const sample = toSample(row);
    unsettled.push(playback.client.send(dated(sample, recordedAt, playback)));
    tellMissions(row, recordedAt, playback);
    rows += 1;
  }
  return rows;
};

const dated = (sample: RobotSample, recordedAt: number | undefined, { times }: Playback): RobotSample =>
  times === 'recorded' ? { ...sample, recordedAt } : sample;

const tellMissions = (row: RecordedRow, recordedAt: number | undefined, playback: Playback): void => {
  const { robotId, run, survey, times } = playback;
  const missions = rowMissions(row, survey);
  for (const happening of missions?.happenings ?? [])
    playback.mission({
      happening,
      robotId,
      missionId: `${robotId}_${run}_${missions?.cycle ?? ''}`,
      happenedAt: times === 'recorded' ? recordedAt : undefined,
    });
};

/** Waits until a row's turn has come. */
const createClock = ({ speed, signal }: Playback): ((recordedAt: number | undefined) => Promise<void>) => {
  const startMs = performance.now();
  let first: number | undefined;
  return async (recordedAt) => {
    if (speed === 'max' || recordedAt === undefined) return;
    first ??= recordedAt;
    const dueMs = startMs + ((recordedAt - first) * 1000) / speed;
    const waitMs = dueMs - performance.now();
    if (waitMs > 1) await delay(waitMs, undefined, { signal }).catch(() => undefined);
  };
};

/** Settled is settled: what became of it, the client counts. */
const interruptible = async (settled: Promise<void> | undefined, signal: AbortSignal): Promise<void> => {
  if (signal.aborted) return;
  let stop: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', (stop = () => resolve()), { once: true }),
  );
  await Promise.race([settled?.catch(() => undefined), aborted]);
  if (stop !== undefined) signal.removeEventListener('abort', stop);
};
