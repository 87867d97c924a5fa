import type { NatsConnection } from '@nats-io/nats-core';

import { writeFrames } from '../connection/client-wire.ts';
import type { Send } from './lane.ts';
import type { Message } from './message.ts';
import type { Refusal } from './refusal.ts';
import type { Slab } from './slab.ts';

/** Puts messages on a connection. Those whose frames lie side by side go as one piece. */
export class FrameWriter implements Send {
  readonly #nc: NatsConnection;
  #slab: Slab | undefined;
  #from = 0;
  #to = 0;

  constructor(nc: NatsConnection) {
    this.#nc = nc;
  }

  put(message: Message): Refusal | undefined {
    const size = message.headerLength + message.dataLength;
    const limit = this.#nc.info?.max_payload ?? Number.POSITIVE_INFINITY;
    if (size > limit) {
      return { kind: 'too_large', hope: 'never', detail: `${size} bytes, the server takes ${limit}` };
    }
    if (message.slab !== this.#slab || message.start !== this.#to) {
      this.flush();
      this.#slab = message.slab;
      this.#from = message.start;
    }
    this.#to = message.start + message.frameLength;
    return undefined;
  }

  flush(): void {
    const slab = this.#slab;
    if (slab === undefined) return;
    this.#slab = undefined;
    if (!this.#nc.isClosed()) writeFrames(this.#nc, slab.bytes.subarray(this.#from, this.#to));
  }
}
