import { startEventStream, type Tailed } from '@fleet/event-stream';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Everything the event stream has got since the beginning, as it comes. */
export interface EventLog extends AsyncDisposable {
  readonly all: readonly Tailed[];
  /** Payloads of one type. */
  of(type: string): Record<string, unknown>[];
}

export const followEvents = (natsUrl: string): EventLog => {
  const eventStream = startEventStream(
    { servers: [natsUrl], name: 'test', instance: 'test' },
    { log: quiet },
  );
  const stopping = new AbortController();
  const all: Tailed[] = [];
  const following = (async () => {
    for await (const tailed of eventStream.tail({ from: 'beginning', signal: stopping.signal }))
      all.push(tailed);
  })();
  return {
    all,
    of: (type) =>
      all.flatMap(({ event }) => (event?.type === type ? [event.payload as Record<string, unknown>] : [])),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await following;
      await eventStream.close(1000);
    },
  };
};
