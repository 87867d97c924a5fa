import { JetStreamApiError } from '@nats-io/jetstream';

const streamNotFound = 10059;

/** Whether the server said that the stream itself is gone. */
export const isStreamGone = (error: unknown): boolean =>
  error instanceof JetStreamApiError && error.code === streamNotFound;
