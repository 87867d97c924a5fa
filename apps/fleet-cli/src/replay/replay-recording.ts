import type { Summary } from '../report/summary.ts';
import { runFleet } from '../simulate/run-fleet.ts';
import type { SimulateOptions } from '../simulate/simulate-options.ts';
import type { Terminal } from '../terminal.ts';
import { playRecording } from './play-recording.ts';
import { readRecording } from './read-recording.ts';
import { RecordingError } from './recording-error.ts';
import { surveyRecording } from './survey-recording.ts';

const defaultRobotId = 'ur3_001';

/**
 * Plays a recording as one robot. The whole of it is read before the first sample is sent, so that a recording with a
 * mistake in it is not played in part.
 *
 * @throws {RecordingError}
 */
export const replayRecording = async (
  options: SimulateOptions,
  path: string,
  terminal: Terminal,
): Promise<Summary> => {
  const survey = await surveyRecording(readRecording(path));
  if (survey.rows === 0) throw new RecordingError(path, undefined, 'there is nothing in it');
  if (!survey.isTimed && (options.keepTimestamps || options.speed !== 'max'))
    throw new RecordingError(
      path,
      undefined,
      'not every row has a timestamp: play it with --speed max and without --keep-timestamps',
    );
  const robotId = options.robot ?? defaultRobotId;
  return runFleet(options, terminal, survey.rows, async (run) => {
    await playRecording({
      path,
      survey,
      speed: options.speed,
      times: options.keepTimestamps ? 'recorded' : 'now',
      robotId,
      run: run.name,
      client: run.connect(robotId),
      mission: (event) => run.missions.tell(event),
      signal: terminal.interrupted,
    });
  });
};
