import { readStored } from '@fleet/testing';
import type { ProofRobot } from './robots.ts';

/** What is wrong with the samples in the stream, in words; nothing when all is as promised. */
export const faultsOfStored = async (natsUrl: string, robots: readonly ProofRobot[]): Promise<string[]> => {
  const byRobot = new Map<string, { seq: number | undefined; value: unknown; connection: string }[]>();
  const ids = new Map<string, number>();
  for (const { id, payload } of await readStored(natsUrl, 'telemetry.data_received')) {
    ids.set(id, (ids.get(id) ?? 0) + 1);
    const sample = { seq: payload.seq, value: payload.metrics['value'], connection: payload.connection_id };
    const samples = byRobot.get(payload.robot_id);
    if (samples === undefined) byRobot.set(payload.robot_id, [sample]);
    else samples.push(sample);
  }
  const faults: string[] = [];
  for (const [id, times] of ids) if (times > 1) faults.push(`event ${id} is stored ${times} times`);
  for (const { robotId, sent } of robots) {
    const samples = byRobot.get(robotId) ?? [];
    const seen = new Set<number>();
    let before = 0;
    for (const { seq = 0, value, connection } of samples) {
      if (seen.has(seq)) faults.push(`${robotId}: ${seq} is stored twice, at last over ${connection}`);
      if (seq !== value) faults.push(`${robotId}: ${seq} holds ${String(value)}`);
      if (seq < before) faults.push(`${robotId}: ${seq} over ${connection} is stored after ${before}`);
      before = Math.max(before, seq);
      seen.add(seq);
    }
    for (let seq = 1; seq <= sent; seq += 1)
      if (!seen.has(seq)) faults.push(`${robotId}: ${seq} of ${sent} was confirmed and is not stored`);
    if (seen.size > sent) faults.push(`${robotId}: ${seen.size} stored, ${sent} sent`);
  }
  return faults;
};
