import { EventStreamDisabledError, startEventStream } from './index.ts';

describe('without a server', () => {
  const lines: unknown[] = [];
  const note = (fields: object, message: string) => lines.push([message, fields]);
  const ignore = () => undefined;
  const stream = startEventStream(undefined, {
    log: { debug: note, info: ignore, warn: ignore, error: ignore },
  });
  const payload = { robot_id: 'robot_1', connection_id: 'c', connected_at: 1 };

  it('skips what is emitted with one debug line', () => {
    stream.emit('telemetry.connection_established', payload);
    expect(lines).toEqual([
      ['EventStream not available, skipping event', { type: 'telemetry.connection_established' }],
    ]);
    expect(stream.enabled).toBe(false);
  });

  it('says so to who waits for an event to be stored', async () => {
    await expect(stream.publish('telemetry.connection_established', payload)).rejects.toThrow(
      EventStreamDisabledError,
    );
    const failed = jest.fn();
    stream.publishWith('telemetry.connection_established', payload, {}, { stored: jest.fn(), failed });
    expect(failed).toHaveBeenCalledWith(expect.any(EventStreamDisabledError));
  });

  it('lets nothing arrive and everything end', async () => {
    const abort = new AbortController();
    const read: unknown[] = [];
    const reading = (async () => {
      for await (const event of stream.tail({ from: 'beginning', signal: abort.signal })) read.push(event);
    })();
    const subscription = stream.subscribe({
      durable: 'd',
      types: ['telemetry.connection_closed'],
      handle: ignore,
    });
    await subscription.drain();
    abort.abort();
    await reading;
    await stream.close(0);
    expect(read).toEqual([]);
    expect(stream.metrics.find(({ name }) => name === 'fleet_event_stream_connected')?.read()).toBe(0);
  });
});
