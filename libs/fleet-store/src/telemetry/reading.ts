/** What a robot reported of one moment. Times are Unix seconds, fractional. */
export interface Reading {
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly attributes?: Readonly<Record<string, string | boolean | number | null>> | undefined;
  /** By the robot's clock, or the time of arrival when it said none. */
  readonly recordedAt: number;
  readonly receivedAt: number;
  readonly seq?: number | undefined;
}

/** Whether `a` is the newer of two readings: by recording time, then by number, then the one that came later. */
export const isNewer = (a: Reading, b: Reading): boolean =>
  a.recordedAt > b.recordedAt || (a.recordedAt === b.recordedAt && (a.seq ?? 0) >= (b.seq ?? 0));

/** The reading as it is kept in Redis: one line that begins with the time of recording. */
export const encodeReading = (reading: Reading): string =>
  JSON.stringify({
    recorded_at: reading.recordedAt,
    received_at: reading.receivedAt,
    seq: reading.seq,
    metrics: reading.metrics,
    attributes: reading.attributes,
  });

interface StoredReading {
  recorded_at: number;
  received_at: number;
  seq?: number;
  metrics: Record<string, number | null>;
  attributes?: Record<string, string | boolean | number | null>;
}

/** Only what {@link encodeReading} wrote is ever read here. */
export const decodeReading = (text: string): Reading => {
  const stored = JSON.parse(text) as StoredReading;
  return {
    metrics: stored.metrics,
    ...(stored.attributes !== undefined && { attributes: stored.attributes }),
    recordedAt: stored.recorded_at,
    receivedAt: stored.received_at,
    ...(stored.seq !== undefined && { seq: stored.seq }),
  };
};
