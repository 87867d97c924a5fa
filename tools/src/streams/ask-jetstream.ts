import type { NatsConnection } from '@nats-io/transport-node';

interface Answer {
  readonly error?: { readonly description: string };
}

const answerWithinMs = 30_000;

/** Asks the server for something that the client has no function for. Rejects with what the server has against it. */
export const askJetStream = async <T extends object>(
  nc: NatsConnection,
  subject: string,
  request: object | Uint8Array,
  withinMs = answerWithinMs,
): Promise<T> => {
  const bytes = request instanceof Uint8Array ? request : JSON.stringify(request);
  const reply = await nc.request(subject, bytes, { timeout: withinMs });
  // A chunk that was taken is answered with nothing.
  const answer: Answer = reply.data.length === 0 ? {} : reply.json();
  if (answer.error !== undefined) throw new Error(answer.error.description);
  return answer as T;
};
