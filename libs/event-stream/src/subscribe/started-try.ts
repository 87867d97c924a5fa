import type { Delivery } from './delivery.ts';
import type { DeliveryFacts } from './subscription.ts';

/** One try of a handler: what it is told, and how long it may take. The signal is made when it is asked for. */
export class StartedTry implements DeliveryFacts {
  readonly stream: string;
  readonly sequence: number;
  readonly deliveryCount: number;
  readonly subject: string;
  readonly storedAt: number;
  readonly startedAt: number;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(delivery: Delivery, startedAt: number) {
    this.stream = delivery.stream;
    this.sequence = delivery.sequence;
    this.deliveryCount = delivery.tries;
    this.subject = delivery.subject;
    this.storedAt = delivery.storedAt;
    this.startedAt = startedAt;
  }

  get redelivered(): boolean {
    return this.deliveryCount > 1;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    return this.#controller.signal;
  }

  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
