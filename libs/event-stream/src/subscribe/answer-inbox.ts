import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';

export type AskedConnection = Pick<NatsConnection, 'isClosed' | 'publish' | 'subscribe'>;

/** A question that can be asked again without harm. */
export interface Question {
  readonly subject: string;
  readonly body: string;
}

interface Asker extends Question {
  /** By the clock of `performance`. */
  readonly dueAt: number;
  readonly answer: (data: Uint8Array) => void;
  readonly fail: (error: Error) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Where the answers to many small questions arrive: one subscription for a connection and one timer for all, so that a
 * question costs its message and no more. What is asked while the connection is away, or was lost with it, is asked
 * again on the next. Every question is settled in `timeoutMs`.
 */
export class AnswerInbox {
  readonly #timeoutMs: number;
  readonly #inbox = createInbox();
  /** By number, and so in the order of being due. */
  readonly #askers = new Map<number, Asker>();
  /** One listener for each, however much is asked with it. */
  readonly #heard = new WeakSet<AbortSignal>();
  #asked = 0;
  #nc: AskedConnection | undefined;
  #subscription: Subscription | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closedWith: Error | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** A connection is there, for the first time or again: asks what is still open. */
  up(nc: AskedConnection): void {
    this.#nc = nc;
    this.#listen(nc);
    for (const [number, asker] of this.#askers) this.#send(number, asker);
  }

  /** Rejects when no answer came in time, with the signal's reason, and with what the inbox is closed with. */
  ask(question: Question, signal?: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closedWith !== undefined) throw this.#closedWith;
      const number = (this.#asked += 1);
      const dueAt = performance.now() + this.#timeoutMs;
      const answer = (data: Uint8Array): void => {
        this.#askers.delete(number);
        resolve(data);
      };
      const fail = (error: Error): void => {
        this.#askers.delete(number);
        reject(error);
      };
      this.#askers.set(number, { ...question, dueAt, answer, fail, signal });
      if (signal !== undefined) this.#hear(signal);
      this.#timer ??= setTimeout(() => this.#sweep(), this.#timeoutMs);
      this.#send(number, question);
    });
  }

  /** This user may not ask there. */
  forbidden(subject: string): void {
    for (const asker of this.#askers.values()) {
      if (asker.subject === subject) asker.fail(new Error(`the user may not publish on ${subject}`));
    }
  }

  /** Whoever waits is told the reason, and whoever asks from here on. */
  close(reason: Error): void {
    this.#closedWith = reason;
    clearTimeout(this.#timer);
    for (const { fail } of this.#askers.values()) fail(reason);
    this.#subscription?.unsubscribe();
  }

  #hear(signal: AbortSignal): void {
    if (this.#heard.has(signal)) return;
    this.#heard.add(signal);
    const aborted = (): void => {
      for (const asker of this.#askers.values()) {
        if (asker.signal === signal) asker.fail(signal.reason as Error);
      }
    };
    signal.addEventListener('abort', aborted, { once: true });
  }

  #send(number: number, { subject, body }: Question): void {
    const nc = this.#nc;
    // Otherwise the next connection asks.
    if (nc === undefined || nc.isClosed()) return;
    nc.publish(subject, body, { reply: `${this.#inbox}.${number}` });
  }

  /** The client sees to it that a subscription outlives a reconnect. */
  #listen(nc: AskedConnection): void {
    if (this.#subscription !== undefined && !this.#subscription.isClosed()) return;
    this.#subscription = nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#arrived(message);
      },
    });
  }

  #arrived({ subject, data }: Msg): void {
    this.#askers.get(Number(subject.slice(this.#inbox.length + 1)))?.answer(data);
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const { dueAt, subject, fail } of this.#askers.values()) {
      if (dueAt > now) {
        this.#timer = setTimeout(() => this.#sweep(), Math.ceil(dueAt - now));
        return;
      }
      fail(new Error(`no answer on ${subject} within ${this.#timeoutMs} ms`));
    }
  }
}
