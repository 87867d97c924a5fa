import { createInbox, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';

import { Companions } from '../publish/companions.ts';

export type AskedConnection = Pick<NatsConnection, 'isClosed' | 'publish' | 'subscribe'>;

/** A question that can be asked again without harm. */
export interface Question {
  readonly subject: string;
  readonly body: string;
}

interface Asker extends Question {
  /** By the clock of `performance`. */
  readonly dueAt: number;
  readonly number: number;
  readonly resolve: (data: Uint8Array) => void;
  readonly reject: (error: Error) => void;
  companions: Set<Asker> | undefined;
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
  readonly #companions = new Companions<Asker>((asker, reason) => this.#fail(asker, reason as Error));
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
    for (const asker of this.#askers.values()) this.#send(asker);
  }

  /** Rejects when no answer came in time, with the signal's reason, and with what the inbox is closed with. */
  ask(question: Question, signal?: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      if (this.#closedWith !== undefined) throw this.#closedWith;
      const number = (this.#asked += 1);
      const dueAt = performance.now() + this.#timeoutMs;
      const asker: Asker = { ...question, number, dueAt, resolve, reject, companions: undefined };
      this.#askers.set(number, asker);
      if (signal !== undefined) this.#companions.add(asker, signal);
      this.#timer ??= setTimeout(() => this.#sweep(), this.#timeoutMs);
      this.#send(asker);
    });
  }

  /** This user may not ask there. */
  forbidden(subject: string): void {
    for (const asker of this.#askers.values()) {
      if (asker.subject === subject) this.#fail(asker, new Error(`the user may not publish on ${subject}`));
    }
  }

  /** Whoever waits is told the reason, and whoever asks from here on. */
  close(reason: Error): void {
    this.#closedWith = reason;
    clearTimeout(this.#timer);
    for (const asker of this.#askers.values()) this.#fail(asker, reason);
    this.#subscription?.unsubscribe();
  }

  #leave(asker: Asker): void {
    this.#askers.delete(asker.number);
    asker.companions?.delete(asker);
  }

  #fail(asker: Asker, error: Error): void {
    this.#leave(asker);
    asker.reject(error);
  }

  #send({ number, subject, body }: Asker): void {
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
    const asker = this.#askers.get(Number(subject.slice(this.#inbox.length + 1)));
    if (asker === undefined) return;
    this.#leave(asker);
    asker.resolve(data);
  }

  #sweep(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (const asker of this.#askers.values()) {
      const { dueAt, subject } = asker;
      if (dueAt > now) {
        this.#timer = setTimeout(() => this.#sweep(), Math.ceil(dueAt - now));
        return;
      }
      this.#fail(asker, new Error(`no answer on ${subject} within ${this.#timeoutMs} ms`));
    }
  }
}
