import { missionEventKinds, rankOf } from './mission-event.ts';
import type { Happening, MissionHistory } from './mission-history.ts';

/**
 * A history as one short text: `<kind><robot><time>;…|<robots>`. Kind is a digit, robot a base 36 digit into the list
 * after the bar (`-` for none), time in base 36 milliseconds since the one before. It is written a million times, so it is
 * no JSON.
 */
export const encodeHistory = (history: MissionHistory): string => {
  const robots: string[] = [];
  let text = '';
  let before = 0;
  for (const { kind, atMs, robotId } of history) {
    text += `${rankOf(kind)}${robotMark(robots, robotId)}${(atMs - before).toString(36)};`;
    before = atMs;
  }
  return robots.length === 0 ? text : `${text}|${robots.join(',')}`;
};

const maxRobots = 36;

const robotMark = (robots: string[], robotId: string | undefined): string => {
  if (robotId === undefined) return '-';
  let index = robots.indexOf(robotId);
  if (index < 0) {
    if (robots.length === maxRobots) return '-';
    index = robots.push(robotId) - 1;
  }
  return index.toString(36);
};

export const decodeHistory = (text: string): MissionHistory => {
  const bar = text.indexOf('|');
  const robots = bar < 0 ? [] : text.slice(bar + 1).split(',');
  const end = bar < 0 ? text.length : bar;
  const history: Happening[] = [];
  let before = 0;
  for (let from = 0; from < end;) {
    const to = text.indexOf(';', from);
    const kind = missionEventKinds[Number(text[from])];
    if (kind === undefined || to < 0) throw new TypeError(`expected an encoded mission history, got ${text}`);
    const mark = text[from + 1] ?? '-';
    before += Number.parseInt(text.slice(from + 2, to), 36);
    history.push({
      kind,
      robotId: mark === '-' ? undefined : robots[Number.parseInt(mark, 36)],
      atMs: before,
    });
    from = to + 1;
  }
  return history;
};
