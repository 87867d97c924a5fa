import type { EventCounter, EventCounts } from './event-counts.ts';

export interface MissionFigures {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly inFlight: number;
  /** Entries of the mission stream that are not counted yet. */
  readonly lag: number;
  /** Unix seconds up to which everything is counted; null before the first run. */
  readonly asOf: number | null;
}

export interface Figures {
  readonly atMs: number;
  /** Undefined while the gateway does not answer. */
  readonly robots: number | undefined;
  /** Undefined while NATS does not answer. */
  readonly stored: EventCounts | undefined;
  /** Undefined while the worker gives none. */
  readonly missions: MissionFigures | undefined;
  /** What the worker says instead; undefined when it does not answer at all. */
  readonly workerSays: string | undefined;
}

interface MissionAnswer {
  readonly lag_entries: number;
  readonly as_of: number | null;
  readonly in_flight: number;
  readonly totals: Readonly<Record<string, number>>;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

const goodText = (answer: Answer | undefined): string | undefined =>
  answer?.status === 200 ? answer.text : undefined;

const ask = async (url: string): Promise<Answer | undefined> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return { status: response.status, text: await response.text() };
  } catch {
    return undefined;
  }
};

/** The value of an unlabelled metric in Prometheus' text format. */
export const metricValue = (text: string, name: string): number | undefined => {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : Number(line.slice(name.length + 1));
};

export const missionFiguresOf = ({
  totals,
  lag_entries,
  as_of,
  in_flight,
}: MissionAnswer): MissionFigures => ({
  completed: totals['completed'] ?? 0,
  failed: totals['failed'] ?? 0,
  cancelled: totals['cancelled'] ?? 0,
  inFlight: in_flight,
  lag: lag_entries,
  asOf: as_of,
});

/** What an answer that is an error has to say, in its problem details (RFC 9457) where it has some. */
export const complaintOf = ({ status, text }: Answer): string => {
  try {
    const { detail, title } = JSON.parse(text) as { detail?: string; title?: string };
    return `${status} ${detail ?? title ?? ''}`.trim();
  } catch {
    return String(status);
  }
};

export interface FigureSources {
  readonly gatewayAdmin: string;
  readonly worker: string;
  readonly events: EventCounter;
}

/** What the services and the streams say at this moment. */
export const readFigures = async ({ gatewayAdmin, worker, events }: FigureSources): Promise<Figures> => {
  const [metrics, missions, stored] = await Promise.all([
    ask(`${gatewayAdmin}/metrics`),
    ask(`${worker}/missions/metrics?window=5m`),
    events.read(),
  ]);
  const [metricsText, missionsText] = [goodText(metrics), goodText(missions)];
  return {
    atMs: Date.now(),
    robots: metricsText === undefined ? undefined : metricValue(metricsText, 'fleet_gateway_connections'),
    stored,
    missions:
      missionsText === undefined ? undefined : missionFiguresOf(JSON.parse(missionsText) as MissionAnswer),
    workerSays: missions && missionsText === undefined ? complaintOf(missions) : undefined,
  };
};

const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** None where one of the two looks saw nothing: what came during an outage arrives at once after it. */
const rateOf = (before: Figures, now: Figures): string[] => {
  const seconds = (now.atMs - before.atMs) / 1000;
  if (!before.stored || !now.stored || seconds <= 0) return [];
  return [`${number(Math.max(0, now.stored.samples - before.stored.samples) / seconds)} samples/s`];
};

const missionsPart = ({ missions, workerSays }: Figures): string => {
  if (missions === undefined)
    return workerSays === undefined ? 'the worker does not answer' : `the worker answers ${workerSays}`;
  const { completed, failed, inFlight } = missions;
  return `missions: ${number(completed)} completed, ${number(failed)} failed, ${number(inFlight)} under way`;
};

/** One line of what flows, from two looks at it. */
export const flowLine = (before: Figures, now: Figures): string =>
  [
    new Date(now.atMs).toTimeString().slice(0, 8),
    now.robots === undefined ? 'the gateway does not answer' : `${number(now.robots)} robots`,
    ...rateOf(before, now),
    now.stored === undefined
      ? 'NATS does not answer'
      : `${number(now.stored.samples)} samples and ${number(now.stored.events)} events on NATS`,
    missionsPart(now),
  ].join(' · ');
