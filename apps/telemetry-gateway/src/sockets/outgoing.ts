import type { GatewayMessage } from '@fleet/robot-protocol';
import { WebSocket } from 'ws';

import type { Acknowledgement } from '../telemetry/sequence-ledger.ts';

/** What a gateway says to one robot. What the robot does not read is held within a bound. */
export class Outgoing {
  readonly #socket: WebSocket;
  readonly #maxBytes: number;
  readonly #onOverflow: () => void;

  constructor(socket: WebSocket, options: { maxBytes: number; onOverflow: () => void }) {
    this.#socket = socket;
    this.#maxBytes = options.maxBytes;
    this.#onOverflow = options.onOverflow;
  }

  say(message: GatewayMessage): void {
    this.#send(JSON.stringify(message));
  }

  acknowledge({ seq, missing }: Acknowledgement): void {
    const ranges = missing.length === 0 ? '' : `,"missing":${JSON.stringify(missing)}`;
    this.#send(`{"type":"ack","seq":${seq}${ranges}}`);
  }

  #send(text: string): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.send(text);
    if (this.#socket.bufferedAmount > this.#maxBytes) this.#onOverflow();
  }
}
