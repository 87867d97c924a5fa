import type { NatsConnection } from '@nats-io/nats-core';

interface Waiter {
  readonly give: (nc: NatsConnection) => void;
  readonly fail: (reason: Error) => void;
}

/** Those who wait for a connection. */
export class ReadyLine {
  #waiters: Waiter[] = [];

  /** Rejects with the signal's reason, or with what the line is dismissed with. */
  wait(signal?: AbortSignal): Promise<NatsConnection> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      const leave = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        signal?.removeEventListener('abort', aborted);
      };
      const aborted = () => {
        leave();
        reject(signal?.reason as Error);
      };
      const waiter: Waiter = {
        give: (nc) => {
          leave();
          resolve(nc);
        },
        fail: (reason) => {
          leave();
          reject(reason);
        },
      };
      signal?.addEventListener('abort', aborted, { once: true });
      this.#waiters.push(waiter);
    });
  }

  serve(nc: NatsConnection): void {
    for (const { give } of this.#waiters) give(nc);
  }

  dismiss(reason: Error): void {
    for (const { fail } of this.#waiters) fail(reason);
  }
}
