import type { GatewayMessage } from '@fleet/robot-protocol';
import { WebSocket } from 'ws';

import type { Acknowledgement } from '../telemetry/sequence-ledger.ts';

/** About what a message costs that the socket has not taken yet, beside its text: two buffers and their write requests. */
const overheadBytes = 1024;

/**
 * What a gateway says to one robot. What the robot does not read is held within a bound; acknowledgements are cumulative,
 * so of those that cannot be sent only the newest waits.
 */
export class Outgoing {
  readonly #socket: Pick<WebSocket, 'send' | 'readyState'>;
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;
  #unsent = 0;
  #waiting: Acknowledgement | undefined;

  constructor(
    socket: Pick<WebSocket, 'send' | 'readyState'>,
    options: { maxBytes: number; onOverflow: () => void },
  ) {
    this.#socket = socket;
    this.#maxBytes = options.maxBytes;
    this.#onOverflow = options.onOverflow;
  }

  say(message: GatewayMessage): void {
    this.#send(JSON.stringify(message));
  }

  acknowledge(acknowledgement: Acknowledgement): void {
    if (this.#isBehind) {
      this.#waiting = acknowledgement;
      return;
    }
    const { seq, missing } = acknowledgement;
    const ranges = missing.length === 0 ? '' : `,"missing":${JSON.stringify(missing)}`;
    this.#send(`{"type":"ack","seq":${seq}${ranges}}`);
  }

  get #isBehind(): boolean {
    return this.#unsent > this.#maxBytes / 4;
  }

  #send(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const bytes = text.length + overheadBytes;
    this.#unsent += bytes;
    this.#socket.send(text, () => this.#sent(bytes));
    if (this.#unsent > this.#maxBytes) this.#onOverflow();
  }

  #sent(bytes: number): void {
    this.#unsent -= bytes;
    const waiting = this.#waiting;
    if (waiting === undefined || this.#isBehind) return;
    this.#waiting = undefined;
    this.acknowledge(waiting);
  }
}
