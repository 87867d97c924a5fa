import type { StoredEvent } from '../event-stream.ts';
import type { SeldomLog } from '../log-seldom.ts';
import type { PublishError } from './publish-error.ts';
import type { Waiter } from './message.ts';

/**
 * Tells whoever made a message what became of it. They are called while the connection is being read or other messages
 * are being settled: what they throw ends neither.
 */
export class TellMaker {
  readonly #logSeldom: SeldomLog;

  constructor(logSeldom: SeldomLog) {
    this.#logSeldom = logSeldom;
  }

  stored(waiter: Waiter, stored: StoredEvent): void {
    try {
      waiter.stored(stored);
    } catch (error) {
      this.#threw(error);
    }
  }

  failed(waiter: Waiter, failure: PublishError): void {
    try {
      waiter.failed(failure);
    } catch (error) {
      this.#threw(error);
    }
  }

  #threw(error: unknown): void {
    this.#logSeldom('error', 'outcome', { err: error }, 'who was told of an outcome has thrown');
  }
}
