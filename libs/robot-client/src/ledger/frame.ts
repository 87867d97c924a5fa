import { maxSamplesPerBatch } from '@fleet/robot-protocol';

import type { Entry } from './entry.ts';

const sampleHead = (seq: number): string => `{"seq":${seq},`;
const singleHead = (seq: number): string => `{"type":"telemetry","seq":${seq},`;
const batchHead = '{"type":"telemetry_batch","samples":[';
const batchTail = ']}';

/** The bytes of a message with only this sample in it. */
export const singleBytes = ({ seq, bytes }: Entry<unknown>): number => singleHead(seq).length + bytes;

/** Writes one message of these samples. */
export const encodeFrame = (entries: readonly Entry<unknown>[]): string => {
  const [first] = entries;
  if (first !== undefined && entries.length === 1) return singleHead(first.seq) + first.body;
  return batchHead + entries.map(({ seq, body }) => sampleHead(seq) + body).join(',') + batchTail;
};

/** Counts how many samples still fit into one message. */
export const createFrameBudget = (maxBytes: number): ((entry: Entry<unknown>) => boolean) => {
  let samples = 0;
  let bytes = batchHead.length + batchTail.length;
  return (entry) => {
    samples += 1;
    bytes += sampleHead(entry.seq).length + entry.bytes + 1;
    return samples <= maxSamplesPerBatch && (samples === 1 || bytes <= maxBytes);
  };
};
