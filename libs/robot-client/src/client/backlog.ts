import type { AckMessage, ErrorMessage, WelcomeMessage } from '@fleet/robot-protocol';

import {
  BufferFullError,
  BufferWriteError,
  ClientClosedError,
  SampleDroppedError,
  SampleRefusedError,
} from '../errors.ts';
import type { Entry } from '../ledger/entry.ts';
import { OutboundLedger } from '../ledger/outbound-ledger.ts';
import type { RestoredBuffer, SampleBuffer } from '../sample-buffer.ts';
import { encodeSample, type RobotSample } from '../sample.ts';
import { utf8Length } from '../utf8-length.ts';
import { toError, type Listeners } from './listeners.ts';

/** What happens to a new sample when the buffer is full: the oldest makes room, or the new one is not taken. */
export type OnFull = 'drop-oldest' | 'refuse';

export interface BacklogSettings {
  readonly maxSamples: number;
  readonly maxBytes: number;
  readonly onFull: OnFull;
}

/** What became of the samples, counted since the client was made. */
export interface BacklogCounts {
  /** Sent for the first time. */
  sent: number;
  /** Sent once more. */
  resent: number;
  acked: number;
  refused: number;
  dropped: number;
}

/** Answers whoever waits for one sample; a sample of an earlier life has nobody waiting. */
interface Ticket {
  resolve(): void;
  reject(error: Error): void;
}

const nobody: Ticket = { resolve: () => undefined, reject: () => undefined };

/** The samples between `send` and their settlement: the ledger decides, the buffer keeps, whoever waits is answered. */
export class Backlog {
  readonly counts: BacklogCounts = { sent: 0, resent: 0, acked: 0, refused: 0, dropped: 0 };
  readonly ledger: OutboundLedger<Ticket>;
  readonly #buffer: SampleBuffer;
  readonly #settings: BacklogSettings;
  readonly #listeners: Listeners;
  #waitingForIdle: (() => void)[] = [];

  constructor(
    buffer: SampleBuffer,
    restored: RestoredBuffer,
    settings: BacklogSettings,
    listeners: Listeners,
  ) {
    this.ledger = new OutboundLedger(restored, () => nobody);
    this.#buffer = buffer;
    this.#settings = settings;
    this.#listeners = listeners;
  }

  /** Resolves when the gateway has confirmed the sample. */
  add(sample: RobotSample): Promise<void> {
    const body = encodeSample(sample, Date.now());
    this.#makeRoom(utf8Length(body));
    try {
      this.#buffer.append({ seq: this.ledger.nextSeq, body });
    } catch (cause) {
      throw new BufferWriteError('the buffer could not write the sample down', { cause });
    }
    return new Promise((resolve, reject) => void this.ledger.add(body, { resolve, reject }));
  }

  welcome(message: WelcomeMessage): void {
    const lastSeq = message.last_seq ?? 0;
    this.#moveBehind(lastSeq);
    this.#confirm(lastSeq, message.missing);
    this.ledger.open({ maxMessageBytes: message.max_message_bytes, maxUnacked: message.max_unacked });
  }

  acknowledge(message: AckMessage): void {
    this.#moveBehind(message.seq);
    this.#confirm(message.seq, message.missing);
  }

  /** Says `reconnect` when only a new connection can tell what was refused. */
  refuse(message: ErrorMessage): 'reconnect' | undefined {
    const { code, detail, path } = message;
    const found = message.seq === undefined ? this.ledger.refuseUnnamed() : this.ledger.refuse(message.seq);
    const entry = found === 'reconnect' ? undefined : found;
    this.#listeners.emit('refused', { code, detail, path, seq: message.seq ?? entry?.seq });
    if (entry !== undefined) this.#reject(entry, { code, detail, path });
    return found === 'reconnect' ? found : undefined;
  }

  /** The next message to send. */
  take(): string | undefined {
    for (;;) {
      const taken = this.ledger.take();
      if (taken === undefined) return undefined;
      if (taken.kind === 'frame') {
        this.counts.resent += taken.resent;
        this.counts.sent += taken.samples - taken.resent;
        return taken.text;
      }
      const refusal = {
        code: 'message_too_large',
        detail: `${taken.entry.bytes} bytes are more than the gateway takes`,
      };
      this.#listeners.emit('refused', { ...refusal, seq: taken.entry.seq });
      this.#reject(taken.entry, refusal);
    }
  }

  /** Resolves when every sample is settled. */
  idle(): Promise<void> {
    return this.ledger.size === 0
      ? Promise.resolve()
      : new Promise((resolve) => void this.#waitingForIdle.push(resolve));
  }

  /** Tells everybody who waits that the client is closed; a buffer on disk keeps what is left. */
  close(): void {
    for (const entry of this.ledger.unsettled()) entry.ticket.reject(new ClientClosedError());
    try {
      this.#buffer.close();
    } catch (error) {
      this.#listeners.emit('warning', { error: toError(error) });
    }
  }

  #makeRoom(bytes: number): void {
    const { maxSamples, maxBytes, onFull } = this.#settings;
    while (this.ledger.size >= maxSamples || this.ledger.bytes + bytes > maxBytes) {
      const { oldest } = this.ledger;
      if (onFull === 'refuse' || oldest === undefined) throw new BufferFullError();
      this.ledger.drop(oldest);
      this.counts.dropped += 1;
      oldest.ticket.reject(new SampleDroppedError(oldest.seq));
      this.#listeners.emit('dropped', { seq: oldest.seq });
      this.#forget([oldest]);
    }
  }

  #moveBehind(lastSeq: number): void {
    const collision = this.ledger.collision(lastSeq);
    if (collision === undefined) return;
    this.#buffer.renumber(collision.fromSeq, collision.by);
    this.ledger.renumber(collision.fromSeq, collision.by);
  }

  #confirm(seq: number, missing: AckMessage['missing']): void {
    const acked = this.ledger.acknowledge(seq, missing);
    const last = acked.at(-1);
    if (last === undefined) return;
    this.counts.acked += acked.length;
    for (const { ticket } of acked) ticket.resolve();
    this.#forget(acked);
    this.#listeners.emit('acked', { seq: last.seq, count: acked.length });
  }

  #reject(entry: Entry<Ticket>, refusal: { code: string; detail: string; path?: string | undefined }): void {
    this.counts.refused += 1;
    entry.ticket.reject(new SampleRefusedError({ ...refusal, seq: entry.seq }));
    this.#forget([entry]);
  }

  /** A settlement that is not written down only makes an earlier life's sample go out twice. */
  #forget(settled: readonly Entry<Ticket>[]): void {
    try {
      this.#buffer.settle(settled.map((entry) => entry.seq));
    } catch (error) {
      this.#listeners.emit('warning', { error: toError(error) });
    }
    if (this.ledger.size > 0) return;
    for (const resolve of this.#waitingForIdle.splice(0)) resolve();
  }
}
