import { Publisher } from './publisher.ts';

const bound = { messages: 100, bytes: 1_000_000 };

/** A publisher that nobody connects, and the errors it has logged. */
export const createPublisherFixture = () => {
  const errors: string[] = [];
  const log = {
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: (_: object, message: string) => void errors.push(message),
  };
  const publisher = new Publisher({
    log,
    instance: 'test',
    window: bound,
    buffer: bound,
    waiting: bound,
    ackTimeoutMs: 5_000,
    mend: () => Promise.resolve(),
  });
  return { publisher, log, errors };
};
