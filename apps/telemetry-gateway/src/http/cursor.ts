import { isRobotId } from '@fleet/robot-protocol';

const mark = 'after:';

/** Where a page ends, for a client to give back and not to look into. */
export const writeCursor = (robotId: string): string => Buffer.from(mark + robotId).toString('base64url');

/** The robot after which the next page begins; `undefined` for what is no cursor of ours. */
export function readCursor(text: string): string | undefined {
  const decoded = Buffer.from(text, 'base64url').toString('utf8');
  const robotId = decoded.slice(mark.length);
  return decoded.startsWith(mark) && isRobotId(robotId) && writeCursor(robotId) === text
    ? robotId
    : undefined;
}
