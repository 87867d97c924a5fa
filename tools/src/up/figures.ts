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

export interface Figures extends EventCounts {
  readonly atMs: number;
  /** Undefined while the gateway or the worker does not answer. */
  readonly robots: number | undefined;
  readonly missions: MissionFigures | undefined;
}

interface MissionAnswer {
  readonly lag_entries: number;
  readonly as_of: number | null;
  readonly in_flight: number;
  readonly totals: Readonly<Record<string, number>>;
}

const fetchText = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    const text = await response.text();
    return response.ok ? text : undefined;
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

export interface FigureSources {
  readonly gatewayAdmin: string;
  readonly worker: string;
  readonly events: EventCounter;
}

/** What the services and the streams say at this moment. */
export const readFigures = async ({ gatewayAdmin, worker, events }: FigureSources): Promise<Figures> => {
  const [metrics, missions, counts] = await Promise.all([
    fetchText(`${gatewayAdmin}/metrics`),
    fetchText(`${worker}/missions/metrics?window=5m`),
    events.read(),
  ]);
  return {
    atMs: Date.now(),
    robots: metrics === undefined ? undefined : metricValue(metrics, 'fleet_gateway_connections'),
    missions: missions === undefined ? undefined : missionFiguresOf(JSON.parse(missions) as MissionAnswer),
    ...counts,
  };
};

const number = (value: number) => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** One line of what flows, from two looks at it. */
export const flowLine = (before: Figures, now: Figures): string => {
  const seconds = (now.atMs - before.atMs) / 1000;
  const rate = seconds > 0 ? Math.max(0, now.samples - before.samples) / seconds : 0;
  const { missions } = now;
  return [
    new Date(now.atMs).toTimeString().slice(0, 8),
    now.robots === undefined ? 'the gateway does not answer' : `${number(now.robots)} robots`,
    `${number(rate)} samples/s`,
    `${number(now.samples)} samples and ${number(now.events)} events on NATS`,
    missions === undefined
      ? 'the worker does not answer'
      : `missions: ${number(missions.completed)} completed, ${number(missions.failed)} failed, ${number(missions.inFlight)} under way`,
  ].join(' · ');
};
