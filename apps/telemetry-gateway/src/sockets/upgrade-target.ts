import { isRobotId, isSessionName } from '@fleet/robot-protocol';

export type UpgradeTarget =
  | { readonly kind: 'robot'; readonly robotId: string; readonly session: string | undefined }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'invalid'; readonly detail: string };

/** Who wants to connect, by the request's path and query: `/ws/{robot_id}?session=…`. */
export const parseUpgradeTarget = (target: string): UpgradeTarget => {
  const [path, query] = splitOnce(target, '?');
  const match = /^\/ws\/([^/]*)$/.exec(path);
  if (match === null) return { kind: 'unknown' };
  const [, robotId] = match;
  if (!isRobotId(robotId))
    return { kind: 'invalid', detail: 'expected a robot id of 1 to 64 of A-Z a-z 0-9 _ - in the path' };
  const [session, ...more] = new URLSearchParams(query).getAll('session');
  if (more.length > 0 || (session !== undefined && !isSessionName(session)))
    return { kind: 'invalid', detail: 'expected one session of 1 to 64 of A-Z a-z 0-9 _ - in the query' };
  return { kind: 'robot', robotId: ownText(robotId), session: session && ownText(session) };
};

/** The same, and no part of the URL, which it would keep whole as long as the connection lives. ASCII only. */
const ownText = (text: string): string => Buffer.from(text, 'latin1').toString('latin1');

const splitOnce = (text: string, at: string): [string, string | undefined] => {
  const index = text.indexOf(at);
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)];
};
