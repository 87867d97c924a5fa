import { subjectFilter, type EventPayload } from '@fleet/event-envelope';
import { startEventStream } from '@fleet/event-stream';

export type StoredSample = EventPayload<'telemetry.data_received'>;

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

const markerId = 'marker';

/** Everything the stream holds of a robot's samples now, in stored order: all that comes before a marker stored last. */
export const storedSamples = async (natsUrl: string, robotId: string): Promise<StoredSample[]> => {
  const settings = { servers: [natsUrl], name: 'test', instance: 'test' };
  const eventStream = startEventStream(settings, { log: silent });
  const end = new AbortController();
  try {
    const marker = await eventStream.publish('telemetry.data_received', {
      robot_id: robotId,
      connection_id: markerId,
      metrics: { marker: 1 },
      received_at: 0,
    });
    const filters = [subjectFilter('telemetry.data_received', robotId)];
    const samples: StoredSample[] = [];
    for await (const { event, sequence } of eventStream.tail({
      filters,
      from: 'beginning',
      signal: end.signal,
    })) {
      if (event?.type === 'telemetry.data_received' && event.payload.connection_id !== markerId)
        samples.push(event.payload);
      if (sequence >= marker.sequence) break;
    }
    return samples;
  } finally {
    end.abort();
    await eventStream.close(1_000);
  }
};
