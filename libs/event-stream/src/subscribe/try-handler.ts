import type { CharterEvent } from '@fleet/event-envelope';

import { traced } from '../trace/traced-handling.ts';
import type { SubscriptionCounters } from './counters.ts';
import type { Delivery } from './delivery.ts';
import { isThenable } from './is-thenable.ts';
import { StartedTry } from './started-try.ts';
import type { DeliveryFacts } from './subscription.ts';

/** How a try ended: well (`undefined`), or with what was thrown. */
export type Failure = { readonly error: unknown } | undefined;

export interface HandlerParts {
  readonly durable: string;
  readonly timeoutMs: number;
  readonly counters: SubscriptionCounters;
  handle(event: CharterEvent, facts: DeliveryFacts): Promise<void> | void;
}

/** A handler that took too long, or was still busy when the event stream was closed. */
export class HandleTimeoutError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'HandleTimeoutError';
  }
}

interface Running {
  readonly started: StartedTry;
  give(failure: Failure): void;
}

/** Calls the handler, measures it and gives up waiting for it in time. A handler that is done at once costs no promise. */
export class HandlerTries {
  readonly #parts: HandlerParts;
  readonly #running = new Set<Running>();

  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  /** Never throws and never rejects. */
  attempt(delivery: Delivery, event: CharterEvent): Failure | Promise<Failure> {
    const parts = this.#parts;
    const started = new StartedTry(delivery, performance.now());
    let result: Promise<void> | void;
    try {
      result = traced(event, delivery, parts.durable, () => parts.handle(event, started));
    } catch (error) {
      return this.#ended(started, { error });
    }
    return isThenable(result) ? this.#wait(started, result) : this.#ended(started, undefined);
  }

  /** Ends those that have taken too long. */
  sweep(nowMs: number): void {
    const { timeoutMs, counters } = this.#parts;
    for (const running of this.#running) {
      if (nowMs - running.started.startedAt < timeoutMs) continue;
      counters.timedOut += 1;
      this.#giveUp(running, new HandleTimeoutError(`the handler took longer than ${timeoutMs} ms`));
    }
  }

  /** Ends all of them. */
  abandon(reason: Error): void {
    for (const running of this.#running) this.#giveUp(running, reason);
  }

  #giveUp(running: Running, error: Error): void {
    running.started.abort(error);
    running.give({ error });
  }

  #wait(started: StartedTry, result: PromiseLike<void>): Promise<Failure> {
    return new Promise((resolve) => {
      const running: Running = {
        started,
        give: (failure) => {
          // What a handler does after it was given up changes nothing any more.
          if (this.#running.delete(running)) resolve(this.#ended(started, failure));
        },
      };
      this.#running.add(running);
      result.then(
        () => running.give(undefined),
        (error: unknown) => running.give({ error }),
      );
    });
  }

  #ended({ startedAt }: StartedTry, failure: Failure): Failure {
    const { counters } = this.#parts;
    const seconds = (performance.now() - startedAt) / 1000;
    counters.handling.count += 1;
    counters.handling.seconds += seconds;
    if (seconds > counters.handling.maxSeconds) counters.handling.maxSeconds = seconds;
    if (failure === undefined) counters.handled += 1;
    else counters.failed += 1;
    return failure;
  }
}
