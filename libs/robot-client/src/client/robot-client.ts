import { closeCodes, closeMeaning } from '@fleet/robot-protocol';

import { ClientClosedError } from '../errors.ts';
import type { RobotSample } from '../sample.ts';
import type { Dial } from '../transport/dial.ts';
import type { Backlog } from './backlog.ts';
import type { ClientSettings } from './client-settings.ts';
import { Connection, type ConnectionEnd } from './connection.ts';
import type { RobotEventName, RobotListener } from './events.ts';
import { Ghosts, mayComeToLife } from './ghosts.ts';
import { toError, type Listeners } from './listeners.ts';
import { Pace } from './pace.ts';
import { isUnauthorized, reconnectDelayMs } from './reconnect-plan.ts';
import type { RobotStatus } from './robot-status.ts';
import { within } from './within.ts';

/** How long a closing handshake may take, in milliseconds. */
const closeHandshakeMs = 1_000;

/** A robot's lasting connection to a gateway; see `connectRobot`. */
export class RobotClient {
  readonly #settings: ClientSettings;
  readonly #dial: Dial;
  readonly #backlog: Backlog;
  readonly #listeners: Listeners;
  readonly #pace = new Pace();
  readonly #ghosts = new Ghosts();
  #state: RobotStatus['state'] = 'connecting';
  #connection: Connection | undefined;
  #attempt = 0;
  #connections = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #pumpIsDue = false;
  #closing: Promise<void> | undefined;
  #whenEnded: (() => void) | undefined;

  /** Not for callers: `connectRobot` checks what it passes on. */
  constructor(settings: ClientSettings, dial: Dial, backlog: Backlog, listeners: Listeners) {
    this.#settings = settings;
    this.#dial = dial;
    this.#backlog = backlog;
    this.#listeners = listeners;
    void this.#connect();
  }

  /**
   * Buffers a sample and sends it as soon as may be. Resolves when the gateway has stored it.
   *
   * Nobody has to wait for that or to handle the rejection: a sample that comes to nothing is also an event.
   *
   * @throws {InvalidSampleError} what no gateway would take
   * @throws {BufferFullError} full, and `onFull` is `refuse`
   * @throws {BufferWriteError} the buffer could not write it down
   * @throws {SampleRefusedError} the gateway refused it for good
   * @throws {SampleDroppedError} full, and `onFull` is `drop-oldest`
   * @throws {ClientClosedError} closed before it was confirmed
   */
  send(sample: RobotSample): Promise<void> {
    const sent = this.#send(sample);
    sent.catch(() => undefined);
    return sent;
  }

  on<E extends RobotEventName>(name: E, listener: RobotListener<E>): this {
    this.#listeners.on(name, listener);
    return this;
  }

  off<E extends RobotEventName>(name: E, listener: RobotListener<E>): this {
    this.#listeners.off(name, listener);
    return this;
  }

  status(): RobotStatus {
    const { ledger, counts } = this.#backlog;
    return {
      ...counts,
      state: this.#state,
      connectionId: this.#connection?.connectionId,
      session: this.#settings.session,
      buffered: ledger.size,
      bufferedBytes: ledger.bytes,
      inFlight: ledger.inFlight,
      nextSeq: ledger.nextSeq,
      connections: this.#connections,
    };
  }

  /** Resolves when every sample given so far is settled. */
  idle(): Promise<void> {
    return this.#backlog.idle();
  }

  /**
   * Takes no more samples, waits until those it has are settled or the time is up, and disconnects. Never rejects.
   *
   * @returns how many samples are left unconfirmed; a buffer on disk keeps them for the next start
   */
  async close({ deadlineMs = 5_000 }: { deadlineMs?: number } = {}): Promise<{ unconfirmed: number }> {
    this.#closing ??= this.#close(deadlineMs);
    await this.#closing;
    return { unconfirmed: this.#backlog.ledger.size };
  }

  async #close(deadlineMs: number): Promise<void> {
    if (this.#state !== 'replaced') await within(deadlineMs, this.idle());
    await this.#disconnect();
    this.#backlog.close();
  }

  async #send(sample: RobotSample): Promise<void> {
    if (this.#closing !== undefined) throw new ClientClosedError();
    const settled = this.#backlog.add(sample);
    this.#pumpSoon();
    return settled;
  }

  /** Samples given in one go leave in one message. */
  #pumpSoon(): void {
    if (this.#pumpIsDue) return;
    this.#pumpIsDue = true;
    queueMicrotask(() => {
      this.#pumpIsDue = false;
      this.#connection?.pump();
    });
  }

  async #connect(): Promise<void> {
    this.#state = 'connecting';
    let token: string | undefined;
    try {
      token = await this.#token();
    } catch (error) {
      this.#failed(toError(error));
      return;
    }
    if (this.#isOver()) return;
    try {
      this.#connection = this.#open(token);
    } catch (error) {
      // Such as a token with characters no header can hold.
      this.#failed(toError(error));
    }
  }

  #open(token: string | undefined): Connection {
    return new Connection({
      dial: this.#dial,
      request: { url: this.#settings.url, token, timeoutMs: this.#settings.dialTimeoutMs },
      backlog: this.#backlog,
      pace: this.#pace,
      listeners: this.#listeners,
      welcomed: () => {
        this.#state = 'connected';
        this.#connections += 1;
      },
      ended: (end) => this.#ended(end),
    });
  }

  #isOver(): boolean {
    return this.#state === 'closed';
  }

  #terminate(): void {
    this.#connection?.terminate();
  }

  #failed(error: Error): void {
    this.#ended({ code: 1006, reason: '', error, wasConnected: false, wasProven: false });
  }

  #token(): string | undefined | Promise<string> {
    const { token } = this.#settings;
    return typeof token === 'function' ? token() : token;
  }

  #ended(end: ConnectionEnd): void {
    this.#connection = undefined;
    this.#backlog.ledger.rewind();
    this.#whenEnded?.();
    if (this.#isOver()) return;
    const now = Date.now();
    if (mayComeToLife(end)) this.#ghosts.leave(now);
    const isReplaced = end.code === closeCodes.replaced && !this.#ghosts.excuse(now);
    const stops = isReplaced && this.#settings.whenReplaced === 'stop';
    this.#attempt = end.wasProven ? 0 : this.#attempt + 1;
    const retryMs = stops
      ? null
      : reconnectDelayMs({ ...end, attempt: this.#attempt }, this.#settings.reconnect, Math.random);
    this.#state = stops ? 'replaced' : 'waiting';
    if (retryMs !== null) this.#timer = setTimeout(() => void this.#connect(), retryMs);
    this.#tellEnd(end, isReplaced, retryMs);
  }

  #tellEnd(end: ConnectionEnd, isReplaced: boolean, retryMs: number | null): void {
    const { code, wasConnected, error } = end;
    this.#listeners.emit('disconnected', { code, meaning: closeMeaning(code), wasConnected, retryMs, error });
    if (isReplaced) this.#listeners.emit('replaced', {});
    if (isUnauthorized(end)) this.#listeners.emit('unauthorized', { status: end.refusedStatus ?? 0 });
  }

  async #disconnect(): Promise<void> {
    this.#state = 'closed';
    clearTimeout(this.#timer);
    if (this.#connection === undefined) return;
    const ended = new Promise<void>((resolve) => (this.#whenEnded = resolve));
    this.#connection.close();
    if (!(await within(closeHandshakeMs, ended))) this.#terminate();
  }
}
