import type { NatsConnection } from '@nats-io/nats-core';

import { Acknowledgements } from './acknowledgements.ts';
import type { Delivery } from './delivery.ts';
import { RecentlySettled } from './recently-settled.ts';

const encoder = new TextEncoder();
const working = encoder.encode('+WPI');
const nak = (afterMs: number): Uint8Array =>
  encoder.encode(afterMs > 0 ? `-NAK {"delay":${Math.round(afterMs * 1e6)}}` : '-NAK');

/** What was taken from the server and not yet answered for, and the answers. */
export class InHand {
  readonly #connection: () => NatsConnection | undefined;
  readonly #deliveries = new Map<number, Delivery>();
  readonly #settled = new RecentlySettled();
  readonly #acks: Acknowledgements;
  #bytes = 0;

  constructor(connection: () => NatsConnection | undefined) {
    this.#connection = connection;
    this.#acks = new Acknowledgements(connection);
  }

  get size(): number {
    return this.#deliveries.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  take(delivery: Delivery): void {
    const earlier = this.#deliveries.get(delivery.sequence);
    if (earlier !== undefined) this.#bytes -= earlier.bytes.length;
    this.#deliveries.set(delivery.sequence, delivery);
    this.#bytes += delivery.bytes.length;
  }

  find(sequence: number, storedAt: number): Delivery | undefined {
    const found = this.#deliveries.get(sequence);
    return found?.storedAt === storedAt ? found : undefined;
  }

  /** Whether an event that comes again was settled before, and only its acknowledgement was lost. */
  wasSettled(sequence: number, storedAt: number): boolean {
    return this.#settled.has(sequence, storedAt);
  }

  /** An answer for what was forgotten would count for another event of the same sequence: there is none. */
  acknowledge(delivery: Delivery): void {
    if (!this.#letGo(delivery)) return;
    this.#settled.add(delivery.sequence, delivery.storedAt);
    this.#acks.add(delivery.reply);
  }

  /** Acknowledges what is not looked at. */
  passOver(reply: string): void {
    this.#acks.add(reply);
  }

  /** Lets an event come again, here or elsewhere. */
  giveBack(delivery: Delivery, afterMs: number): void {
    if (this.#letGo(delivery)) this.#answer(delivery.reply, nak(afterMs));
  }

  /** Tells the server of all that it has not heard of for so long, so that it gives it to nobody else. */
  stayInTouch(nowMs: number, silenceMs: number): void {
    for (const delivery of this.#deliveries.values()) {
      if (nowMs - delivery.heardAt < silenceMs) continue;
      delivery.heardAt = nowMs;
      this.#answer(delivery.reply, working);
    }
  }

  /** Puts the acknowledgements that wait on the wire. */
  sendAcknowledgements(): void {
    this.#acks.send();
  }

  /** The stream was made anew: what its sequences stood for is past. */
  forget(): void {
    this.#settled.clear();
    this.#deliveries.clear();
    this.#bytes = 0;
  }

  #letGo(delivery: Delivery): boolean {
    if (this.#deliveries.get(delivery.sequence) !== delivery) return false;
    this.#deliveries.delete(delivery.sequence);
    this.#bytes -= delivery.bytes.length;
    return true;
  }

  #answer(reply: string, answer: Uint8Array): void {
    const nc = this.#connection();
    if (nc !== undefined && !nc.isClosed()) nc.publish(reply, answer);
  }
}
