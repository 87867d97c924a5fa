import { eventually, readStored } from '@fleet/testing';

export interface ConnectionPairs {
  readonly established: number;
  /** How many connections ended for which reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** Openings without a closing and the other way round, and whatever is told twice. */
  readonly unpaired: readonly string[];
}

export const readConnectionPairs = async (natsUrl: string): Promise<ConnectionPairs> => {
  const established = await readStored(natsUrl, 'telemetry.connection_established');
  const closed = await readStored(natsUrl, 'telemetry.connection_closed');
  const openings = countBy(established.map(({ payload }) => payload.connection_id));
  const closings = countBy(closed.map(({ payload }) => payload.connection_id));
  const unpaired: string[] = [];
  for (const id of new Set([...openings.keys(), ...closings.keys()])) {
    const [opened = 0, ended = 0] = [openings.get(id), closings.get(id)];
    if (opened !== 1 || ended !== 1) unpaired.push(`${id}: established ${opened}, closed ${ended}`);
  }
  const reasons = Object.fromEntries(countBy(closed.map(({ payload }) => payload.reason)));
  return { established: established.length, reasons, unpaired };
};

/** Resolves when each opening has its closing: what a lost gateway left open is closed by the others in time. */
export const pairedUp = (natsUrl: string, withinMs = 120_000): Promise<ConnectionPairs> =>
  eventually(
    async () => {
      const pairs = await readConnectionPairs(natsUrl);
      if (pairs.unpaired.length === 0) return pairs;
      throw new Error(
        `${pairs.unpaired.length} of ${pairs.established}: ${pairs.unpaired.slice(0, 5).join('; ')}`,
      );
    },
    { withinMs, describe: 'every connection_established has one connection_closed' },
  );

const countBy = (keys: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
};
