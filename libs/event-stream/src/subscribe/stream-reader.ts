import type { StreamName } from '@fleet/event-envelope';
import { jetstreamManager } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/nats-core';

import { pause } from '../connection/pause.ts';
import type { StreamConnection } from '../connection/stream-connection.ts';
import type { Log } from '../log.ts';
import { createSeldomLog, type SeldomLog } from '../log-seldom.ts';
import { parseAckSubject } from './ack-subject.ts';
import type { SubscriptionCounters } from './counters.ts';
import { Delivery } from './delivery.ts';
import type { DurableWish, FoundConsumer, Progress } from './durable-consumer.ts';
import { EntityLanes } from './entity-lanes.ts';
import type { HandledEvents } from './handled-events.ts';
import { Handling } from './handling.ts';
import { InHand } from './in-hand.ts';
import { Pace } from './pace.ts';
import type { Puller } from './puller.ts';
import { serveDurable } from './serve-durable.ts';
import type { HandlerTries } from './try-handler.ts';
import { within } from '../within.ts';

export interface StreamReaderParts {
  readonly connection: StreamConnection & { readonly reconnects: number };
  readonly log: Log;
  readonly wish: DurableWish;
  readonly prefixes: ReadonlyMap<string, string>;
  readonly concurrency: number;
  readonly batch: number;
  readonly maxDeliver: number;
  readonly backoffMs: readonly number[];
  readonly tries: HandlerTries;
  readonly handled: HandledEvents | undefined;
  readonly counters: SubscriptionCounters;
  wants(subject: string): boolean;
  /** Looks after a stream that is gone. */
  mend(stream: StreamName): Promise<void>;
}

const maxBytesInHand = 16 * 1024 ** 2;
const lookMs = 500;
const refreshMs = 15_000;
const refreshSoonMs = 1_000;
const flushMs = 2_000;

/** Reads one stream for a subscription: takes events from the durable, has them handled, and answers for each. */
export class StreamReader {
  readonly #parts: StreamReaderParts;
  readonly #logSeldom: SeldomLog;
  readonly #inHand = new InHand(() => this.#nc);
  readonly #handling: Handling;
  readonly #lanes: EntityLanes<Delivery>;
  readonly #pace: Pace;
  readonly #stopping = new AbortController();
  readonly #abandoning = new AbortController();
  readonly #looking: NodeJS.Timeout;
  readonly #running: Promise<void>;
  /** What the server has still to deliver, as far as is known. */
  #pending: number | undefined;
  #nc: NatsConnection | undefined;
  #puller: Puller | undefined;
  #progress: Progress | undefined;
  #saidCoarse = false;
  #drained: Promise<void> | undefined;
  #reconnects: number;
  #refreshedAt = 0;

  constructor(parts: StreamReaderParts) {
    this.#parts = parts;
    this.#reconnects = parts.connection.reconnects;
    this.#logSeldom = createSeldomLog(parts.log);
    this.#pace = new Pace(parts.counters.handling, parts.concurrency, parts.batch);
    this.#handling = new Handling({
      ...parts,
      durable: parts.wish.durable,
      logSeldom: this.#logSeldom,
      abandoned: this.#abandoning.signal,
      connection: () =>
        this.#nc === undefined ? Promise.reject(new Error('not connected')) : Promise.resolve(this.#nc),
      streamCreatedAt: () => this.#progress?.streamCreatedAt ?? 0,
      acknowledge: (delivery) => {
        this.#inHand.acknowledge(delivery);
        this.#puller?.pull();
      },
      giveBack: (delivery, afterMs) => this.#giveBack(delivery, afterMs),
    });
    this.#lanes = new EntityLanes({
      concurrency: parts.concurrency,
      attempt: (delivery) => this.#handling.attempt(delivery),
      isSolitary: (delivery) => this.#handling.isLastAttempt(delivery),
      giveBack: (delivery) => this.#giveBack(delivery, this.#handling.backoffOf(delivery)),
    });
    this.#looking = setInterval(
      () => this.#look(performance.now()),
      Math.min(lookMs, parts.wish.ackWaitMs / 4),
    );
    this.#looking.unref();
    this.#running = this.#run();
  }

  get lag(): number | null {
    return this.#pending === undefined ? null : this.#pending + this.#inHand.size;
  }

  get inHand(): number {
    return this.#inHand.size;
  }

  /** Finishes what is being handled and gives the rest back. */
  drain(): Promise<void> {
    return (this.#drained ??= this.#drain());
  }

  /** Leaves what is being handled to others. */
  abandon(): void {
    this.#abandoning.abort();
    this.#stopping.abort();
    clearInterval(this.#looking);
  }

  async #drain(): Promise<void> {
    const left = this.#lanes.stop();
    this.#stopping.abort();
    // What is given back before the server knows that nobody is asking here would come back here.
    await this.#running;
    // What came in the meantime was not started.
    left.push(...this.#lanes.stop());
    // A server (2.9.10 does) may mislay until `ack_wait` is over what it tries to give to a request that nobody waits for
    // any more. Asked about the consumer it forgets such requests.
    if (left.length > 0 && this.#nc !== undefined) await within(flushMs, this.#refresh(this.#nc));
    for (const delivery of left) {
      this.#giveBack(delivery, delivery.retries === 0 ? 0 : this.#handling.backoffOf(delivery));
    }
    await this.#lanes.idle();
    clearInterval(this.#looking);
    this.#inHand.sendAcknowledgements();
    if (this.#nc !== undefined && !this.#nc.isClosed()) await within(flushMs, this.#nc.flush());
  }

  async #run(): Promise<void> {
    const { connection, wish } = this.#parts;
    const { signal } = this.#stopping;
    const isOver = () => signal.aborted || connection.closed.aborted;
    while (!isOver()) {
      try {
        await this.#serve(await connection.ready(signal));
      } catch (error) {
        if (isOver()) return;
        this.#logSeldom('warn', 'run', { ...wish, err: error }, 'subscription interrupted, trying on');
        await pause(lookMs, signal);
      }
    }
  }

  async #serve(nc: NatsConnection): Promise<void> {
    this.#nc = nc;
    await serveDurable({
      ...this.#parts,
      nc,
      logSeldom: this.#logSeldom,
      signal: this.#stopping.signal,
      progress: () => this.#progress,
      want: (asked) => (this.#inHand.bytes > maxBytesInHand ? 0 : this.#pace.want(asked, this.#inHand.size)),
      onFound: (found) => this.#found(found),
      onMessage: (message) => this.#arrived(message),
      onPuller: (puller) => (this.#puller = puller),
    });
  }

  #found({ info, streamCreatedAt, coarse }: FoundConsumer): void {
    if (this.#progress !== undefined && this.#progress.streamCreatedAt !== streamCreatedAt) {
      this.#inHand.forget();
    }
    this.#progress = { streamCreatedAt, settledUpTo: info.ack_floor.stream_seq };
    this.#pending = info.num_pending;
    if (!coarse || this.#saidCoarse) return;
    this.#saidCoarse = true;
    const { durable, stream } = this.#parts.wish;
    const what = 'server cannot filter by several subjects, so the whole stream is read and filtered here';
    this.#parts.log.info({ durable, stream }, what);
  }

  #arrived(message: Msg): void {
    const facts = parseAckSubject(message.reply ?? '');
    this.#pending = facts.pending;
    if (facts.deliveryCount > 1) this.#parts.counters.redelivered += 1;
    const reply = message.reply ?? '';
    // Also a durable that was made anew delivers what is known, and counts from 1 again.
    const known = this.#inHand.find(facts.sequence, facts.storedAt);
    if (known !== undefined) {
      known.reply = reply;
      known.heardAt = performance.now();
    } else if (
      this.#inHand.wasSettled(facts.sequence, facts.storedAt) ||
      !this.#parts.wants(message.subject)
    ) {
      this.#inHand.passOver(reply);
    } else {
      const delivery = new Delivery(message, facts, performance.now());
      this.#inHand.take(delivery);
      this.#lanes.add(delivery);
    }
    this.#puller?.pull();
  }

  #giveBack(delivery: Delivery, afterMs: number): void {
    this.#inHand.giveBack(delivery, afterMs);
    this.#puller?.pull();
  }

  /** Goes on while the reader drains: what is being handled then is to stay here, and not for ever. */
  #look(nowMs: number): void {
    const { connection, wish, tries } = this.#parts;
    tries.sweep(nowMs);
    this.#inHand.stayInTouch(nowMs, wish.ackWaitMs / 2);
    if (!connection.connected) {
      this.#pending = undefined;
      return;
    }
    if (connection.reconnects !== this.#reconnects) {
      this.#reconnects = connection.reconnects;
      this.#pending = undefined;
      this.#puller?.resume();
    }
    const refreshAfterMs = this.#pending === undefined ? refreshSoonMs : refreshMs;
    if (
      this.#nc !== undefined &&
      this.#progress !== undefined &&
      nowMs - this.#refreshedAt > refreshAfterMs
    ) {
      this.#refreshedAt = nowMs;
      void this.#refresh(this.#nc);
    }
  }

  async #refresh(nc: NatsConnection): Promise<void> {
    const { stream, durable } = this.#parts.wish;
    try {
      const jsm = await jetstreamManager(nc, { checkAPI: false });
      const info = await jsm.consumers.info(stream, durable);
      this.#pending = info.num_pending;
      if (this.#progress !== undefined) {
        this.#progress = { ...this.#progress, settledUpTo: info.ack_floor.stream_seq };
      }
    } catch {
      // The puller notices when something is wrong; this was only to know more.
    }
  }
}
