import { createInbox, nanos, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';

import { endOfPull, type PullTrouble } from './pull-status.ts';

export interface PullerParts {
  readonly nc: NatsConnection;
  readonly stream: string;
  readonly consumer: string;
  /** How many messages to ask for now, given how many are asked for already; 0 for none. */
  want(asked: number): number;
  /** Bounds what one request brings. */
  readonly maxBytes: number;
  onMessage(message: Msg): void;
  /** Nothing comes any more until `resume` is called. */
  onTrouble(trouble: PullTrouble): void;
}

/** What the server is told to do when a request is not filled: to say so after this long. */
const expiresMs = 20_000;
/** How often the server says that it still knows of a request; two missing mean that it does not. */
const heartbeatMs = 2_000;
const lookMs = 500;

const encoder = new TextEncoder();

interface Pull {
  readonly id: number;
  left: number;
}

/**
 * Asks a consumer for messages, two requests ahead at most, so that what is in hand and under way stays bounded and the
 * wire is never idle. Requests are lost with a connection, a consumer or its leader; what is not heard of is asked for anew.
 */
export class Puller {
  readonly #parts: PullerParts;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  readonly #looking: NodeJS.Timeout;
  #pulls: Pull[] = [];
  #ids = 0;
  #state: 'running' | 'halted' | 'stopped' = 'halted';
  #silentLooks = 0;
  #pausing: NodeJS.Timeout | undefined;

  constructor(parts: PullerParts) {
    this.#parts = parts;
    this.#subscription = parts.nc.subscribe(`${this.#inbox}.*`, {
      callback: (error, message) => {
        if (error === null) this.#arrived(message);
      },
    });
    this.#looking = setInterval(() => this.#look(), lookMs);
    this.#looking.unref();
  }

  /** Asks for more, where there is room for it. */
  pull(): void {
    // A connection that has been given up is noticed elsewhere, a little later.
    if (this.#state !== 'running' || this.#pausing !== undefined || this.#parts.nc.isClosed()) return;
    while (this.#pulls.length < 2) {
      const asked = this.#pulls.reduce((sum, { left }) => sum + left, 0);
      const batch = this.#parts.want(asked);
      if (batch <= 0) return;
      this.#request(batch);
    }
  }

  /** Begins, or begins anew after a trouble or a new connection: what was asked for is forgotten. */
  resume(): void {
    if (this.#state === 'stopped') return;
    this.#state = 'running';
    clearTimeout(this.#pausing);
    this.#pausing = undefined;
    this.#pulls = [];
    this.pull();
  }

  /** Asks for nothing more; resolves when nothing more will come. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    clearInterval(this.#looking);
    clearTimeout(this.#pausing);
    // On a connection that is gone there is nothing to wait for.
    await this.#subscription.drain().catch(() => undefined);
  }

  #request(batch: number): void {
    const { nc, stream, consumer, maxBytes } = this.#parts;
    this.#ids += 1;
    if (this.#pulls.length === 0) this.#silentLooks = 0;
    this.#pulls.push({ id: this.#ids, left: batch });
    const request = {
      batch,
      max_bytes: maxBytes,
      expires: nanos(expiresMs),
      idle_heartbeat: nanos(heartbeatMs),
    };
    nc.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, encoder.encode(JSON.stringify(request)), {
      reply: `${this.#inbox}.${this.#ids}`,
    });
  }

  #arrived(message: Msg): void {
    this.#silentLooks = 0;
    // A stored message keeps its own subject; what the server says of a request comes on the request's.
    if (message.subject.startsWith(this.#inbox)) {
      this.#told(message);
      return;
    }
    const [oldest] = this.#pulls;
    if (oldest !== undefined) {
      oldest.left -= 1;
      if (oldest.left <= 0) this.#pulls.shift();
    }
    this.#parts.onMessage(message);
  }

  #told(message: Msg): void {
    const id = Number(message.subject.slice(this.#inbox.length + 1));
    const end = endOfPull(message.headers?.code ?? 0, message.headers?.description ?? '');
    if (end === undefined || this.#state !== 'running') return;
    const known = this.#pulls.some((pull) => pull.id === id);
    this.#pulls = this.#pulls.filter((pull) => pull.id !== id);
    if (!known) return;
    if ('trouble' in end) this.#halt(end.trouble);
    else this.#pause(end.pauseMs);
  }

  #halt(trouble: PullTrouble): void {
    this.#state = 'halted';
    this.#parts.onTrouble(trouble);
  }

  #pause(ms: number): void {
    if (ms === 0) {
      this.pull();
      return;
    }
    this.#pausing ??= setTimeout(() => {
      this.#pausing = undefined;
      this.pull();
    }, ms);
  }

  /** Counts looks, not time: a process that was busy hears late, and has not looked often in the meantime. */
  #look(): void {
    if (this.#state !== 'running' || this.#pulls.length === 0) return;
    this.#silentLooks += 1;
    if (this.#silentLooks * lookMs > 2 * heartbeatMs) this.#halt({ kind: 'silent', detail: 'no heartbeat' });
  }
}
