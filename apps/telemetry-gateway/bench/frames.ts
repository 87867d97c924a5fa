/** Many messages one after the other, built before the clock runs: a stretch of them is one write. */
export interface Frames {
  readonly count: number;
  /** Messages `from` to `to`, counted from 0, `to` excluded. */
  stretch(from: number, to: number): Buffer;
}

const join = (parts: readonly Buffer[]): Frames => {
  const bytes = Buffer.concat(parts);
  const offsets = [0];
  for (const part of parts) offsets.push((offsets.at(-1) ?? 0) + part.length);
  return {
    count: parts.length,
    stretch: (from, to) => bytes.subarray(offsets[from], offsets[to]),
  };
};

const payload = (seq: number): Buffer =>
  Buffer.from(
    JSON.stringify({
      type: 'telemetry',
      seq,
      metrics: { cpu_usage: 45.2, memory_usage: 60.5, battery_level: 80.1, speed: 1.25 },
      attributes: { mode: 'auto' },
    }),
  );

/** Masked text frames; a mask of zeros is a mask. */
export const webSocketFrames = (count: number): Frames =>
  join(
    Array.from({ length: count }, (_, index) => {
      const body = payload(index + 1);
      const length =
        body.length < 126 ? [0x80 | body.length] : [0x80 | 126, body.length >> 8, body.length & 0xff];
      return Buffer.concat([Buffer.from([0x81, ...length, 0, 0, 0, 0]), body]);
    }),
  );

/** PUBLISH packets with QoS 1 and ids from 1. */
export const mqttFrames = (count: number, topic: string): Frames =>
  join(
    Array.from({ length: count }, (_, index) => {
      const id = index + 1;
      const name = Buffer.from(topic);
      const body = Buffer.concat([
        Buffer.from([name.length >> 8, name.length & 0xff]),
        name,
        Buffer.from([id >> 8, id & 0xff]),
        payload(id),
      ]);
      return Buffer.concat([Buffer.from([0x32, (body.length & 0x7f) | 0x80, body.length >> 7]), body]);
    }),
  );
