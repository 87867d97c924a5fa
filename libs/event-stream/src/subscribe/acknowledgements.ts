import type { NatsConnection } from '@nats-io/nats-core';

import { writeFrames } from '../connection/client-wire.ts';

/**
 * Acknowledges together what was handled in one turn of the event loop: a write to the socket for each event would cost
 * more than all the rest. An acknowledgement that is lost is no harm: the event comes again, and is known.
 */
export class Acknowledgements {
  readonly #connection: () => NatsConnection | undefined;
  #subjects: string[] = [];

  constructor(connection: () => NatsConnection | undefined) {
    this.#connection = connection;
  }

  add(subject: string): void {
    if (this.#subjects.push(subject) === 1) setImmediate(() => this.send());
  }

  send(): void {
    const subjects = this.#subjects;
    this.#subjects = [];
    const nc = this.#connection();
    if (nc === undefined || nc.isClosed() || subjects.length === 0) return;
    let frames = '';
    for (const subject of subjects) frames += `PUB ${subject} 4\r\n+ACK\r\n`;
    writeFrames(nc, Buffer.from(frames, 'latin1'));
  }
}
