import { setImmediate as nextTurn } from 'node:timers/promises';

import { startEventStream, type EventStream } from '@fleet/event-stream';
import { silentLog } from './quiet-log.ts';
import { sample } from './sample.ts';

/** What `emit` costs its caller, in microseconds: the median of bursts of a thousand, on the clock and of the processor. */
export const measureEmit = async (
  stream: EventStream,
  bursts: number,
): Promise<{ readonly clock: number; readonly cpu: number }> => {
  const perBurst = 1_000;
  const clock: number[] = [];
  const cpu: number[] = [];
  for (let burst = 0; burst < bursts; burst += 1) {
    const payloads = Array.from({ length: perBurst }, (_, index) => sample(index));
    const cpuStart = process.cpuUsage();
    const start = performance.now();
    for (const payload of payloads) stream.emit('telemetry.data_received', payload);
    clock.push(((performance.now() - start) * 1_000) / perBurst);
    const { user, system } = process.cpuUsage(cpuStart);
    cpu.push((user + system) / perBurst);
    while (stream.status().pending > 0) await nextTurn();
  }
  const median = (values: number[]) => values.toSorted((x, y) => x - y)[Math.floor(bursts / 2)] ?? 0;
  return { clock: median(clock), cpu: median(cpu) };
};

const megabyte = 1_000_000;

/** Emits with no server anywhere; gives how far the process grew beyond its start, in megabytes. */
export const growthWithoutServer = async (
  count: number,
): Promise<{ peak: number; end: number; dropped: number; seconds: number }> => {
  const stream = startEventStream(
    { servers: ['127.0.0.1:1'], name: 'bench', instance: 'bench' },
    { log: silentLog },
  );
  const before = process.memoryUsage.rss();
  const start = performance.now();
  let peak = 0;
  for (let i = 0; i < count; i += 1) {
    stream.emit('telemetry.data_received', sample(i));
    if (i % 10_000 === 0) {
      await nextTurn();
      peak = Math.max(peak, process.memoryUsage.rss());
    }
  }
  const seconds = (performance.now() - start) / 1000;
  const end = process.memoryUsage.rss();
  const dropped = stream.status().dropped.overflow_acknowledged;
  await stream.close(0);
  return { peak: (peak - before) / megabyte, end: (end - before) / megabyte, dropped, seconds };
};
