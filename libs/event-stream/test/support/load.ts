import type { EventStream, StoredEvent } from '../../src/index.ts';
import { sample } from './sample.ts';

export interface Load {
  readonly robots: number;
  /** Samples of each robot. */
  readonly samples: number;
  /** How many may be unconfirmed. */
  readonly unconfirmed: number;
}

export interface Confirmed extends StoredEvent {
  readonly robotId: string;
  readonly seq: number;
  /** When the confirmation came, Unix milliseconds. */
  readonly at: number;
}

/** Publishes readings of several robots in turn and gives the confirmation of each, in the order they came. */
export const publishLoad = async (
  stream: EventStream,
  { robots, samples, unconfirmed }: Load,
  onConfirmed: (count: number) => void = () => undefined,
): Promise<Confirmed[]> => {
  const confirmed: Confirmed[] = [];
  const open = new Set<Promise<void>>();
  for (let i = 0; i < robots * samples; i += 1) {
    const robotId = `robot_${i % robots}`;
    const seq = Math.floor(i / robots) + 1;
    const one = stream.publish('telemetry.data_received', sample(robotId, seq)).then((stored) => {
      open.delete(one);
      confirmed.push({ ...stored, robotId, seq, at: Date.now() });
      onConfirmed(confirmed.length);
    });
    open.add(one);
    while (open.size >= unconfirmed) await Promise.race(open);
    // The loop leaves room for what else is going on.
    if (i % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await Promise.all(open);
  return confirmed;
};
