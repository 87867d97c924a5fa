import type { RunningConnection } from './connection/start-connection.ts';
import type { Publisher } from './publish/publisher.ts';

const lookMs = 10;

/** Waits until everything held is stored, but not beyond the bound, and not without a server when there is an outbox. */
export const flush = async (
  publisher: Publisher,
  connection: Pick<RunningConnection, 'connected'>,
  hasOutbox: boolean,
  withinMs: number,
): Promise<void> => {
  const until = Date.now() + withinMs;
  while (publisher.held > 0 && Date.now() < until) {
    if (hasOutbox && !connection.connected) return;
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
};
