import { parseGatewayMessage, type GatewayMessage, type WelcomeMessage } from '@fleet/robot-protocol';

import type { Dial, DialRequest, Ending, RobotSocket } from '../transport/dial.ts';
import type { Backlog } from './backlog.ts';
import { toError, type Listeners } from './listeners.ts';
import { Liveness } from './liveness.ts';
import type { Pace } from './pace.ts';

/** Beyond this much unsent the socket gets no more, in bytes; and when to look again, in milliseconds. */
const maxSocketBytes = 1024 * 1024;
const socketFullMs = 20;

/** A connection that held so long was a good one even if there was nothing to confirm, in milliseconds. */
const provenAfterMs = 10_000;

export interface ConnectionEnd extends Ending {
  readonly wasConnected: boolean;
  /** It confirmed something or held for long: the next attempt need not be careful. */
  readonly wasProven: boolean;
  readonly reconnectAfterMs?: number | undefined;
}

interface Parts {
  readonly dial: Dial;
  readonly request: DialRequest;
  readonly backlog: Backlog;
  readonly pace: Pace;
  readonly listeners: Listeners;
  welcomed(): void;
  ended(end: ConnectionEnd): void;
}

/** One connection from the dial to its end. */
export class Connection {
  readonly #parts: Parts;
  readonly #socket: RobotSocket;
  readonly #welcomeTimer: ReturnType<typeof setTimeout>;
  #pumpTimer: ReturnType<typeof setTimeout> | undefined;
  #liveness: Liveness | undefined;
  #welcomedAtMs: number | undefined;
  #connectionId: string | undefined;
  #hasConfirmed = false;
  #isEnding = false;
  #restartsAtOnce = false;
  #reconnectAfterMs: number | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#socket = parts.dial(parts.request, {
      opened: () => undefined,
      frame: (text) => this.#frame(text),
      alive: () => this.#liveness?.heard(),
      ended: (ending) => this.#ended(ending),
    });
    this.#welcomeTimer = setTimeout(() => this.terminate(), parts.request.timeoutMs);
  }

  /** Given by the gateway in its welcome; nothing before. */
  get connectionId(): string | undefined {
    return this.#connectionId;
  }

  /** Sends what may be sent now and comes back for the rest. */
  pump(): void {
    if (this.#welcomedAtMs === undefined || this.#isEnding || this.#pumpTimer !== undefined) return;
    const { pace, backlog } = this.#parts;
    const waitMs =
      this.#socket.bufferedBytes > maxSocketBytes ? socketFullMs : pace.waitMs(performance.now());
    if (waitMs > 0) {
      this.#pumpIn(waitMs);
      return;
    }
    const wasIdle = backlog.ledger.inFlight === 0;
    const text = backlog.take();
    if (text === undefined) return;
    // Where pings are hidden, silence counts from the first thing that waits for an answer.
    if (wasIdle && !this.#socket.seesPings) this.#liveness?.heard();
    this.#socket.send(text);
    pace.sent(performance.now());
    this.#pumpIn(pace.waitMs(performance.now()));
  }

  close(): void {
    this.#isEnding = true;
    this.#socket.close();
  }

  terminate(): void {
    this.#isEnding = true;
    this.#socket.terminate();
  }

  #pumpIn(waitMs: number): void {
    this.#pumpTimer = setTimeout(() => {
      this.#pumpTimer = undefined;
      this.pump();
    }, waitMs);
  }

  #frame(text: string): void {
    this.#liveness?.heard();
    let message: GatewayMessage | undefined;
    try {
      message = parseGatewayMessage(text);
    } catch (error) {
      this.#parts.listeners.emit('warning', { error: toError(error) });
    }
    if (message !== undefined) this.#take(message);
    this.pump();
  }

  #take(message: GatewayMessage): void {
    const { backlog, pace, listeners } = this.#parts;
    switch (message.type) {
      case 'welcome':
        this.#welcome(message);
        break;
      case 'ack':
        this.#hasConfirmed = true;
        pace.confirmed();
        backlog.acknowledge(message);
        break;
      case 'error':
        // On its way out, a connection says nothing that could be told apart any more.
        if (!this.#restartsAtOnce && backlog.refuse(message) === 'reconnect') this.#restart();
        break;
      case 'throttled':
        pace.throttled(performance.now(), message.retry_after_ms);
        backlog.ledger.rewind();
        listeners.emit('throttled', { retryMs: message.retry_after_ms, dropped: message.dropped });
        break;
      case 'closing':
        this.#reconnectAfterMs = message.reconnect_after_ms;
        listeners.emit('closing', { reason: message.reason, reconnectMs: message.reconnect_after_ms });
    }
  }

  #welcome(message: WelcomeMessage): void {
    const { backlog, listeners } = this.#parts;
    clearTimeout(this.#welcomeTimer);
    this.#welcomedAtMs = performance.now();
    this.#connectionId = message.connection_id;
    this.#liveness?.stop();
    this.#liveness = new Liveness(
      message.heartbeat_interval_ms,
      () => this.#socket.seesPings || backlog.ledger.inFlight > 0,
      () => this.terminate(),
    );
    backlog.welcome(message);
    this.#parts.welcomed();
    listeners.emit('connected', { connectionId: message.connection_id, lastSeq: message.last_seq });
  }

  /** Whatever the gateway still says about this connection's messages is not to be mistaken for the next one's. */
  #restart(): void {
    this.#restartsAtOnce = true;
    this.close();
  }

  #ended(ending: Ending): void {
    this.#isEnding = true;
    clearTimeout(this.#welcomeTimer);
    clearTimeout(this.#pumpTimer);
    this.#liveness?.stop();
    const heldMs = this.#welcomedAtMs === undefined ? 0 : performance.now() - this.#welcomedAtMs;
    this.#parts.ended({
      ...ending,
      wasConnected: this.#welcomedAtMs !== undefined,
      wasProven: this.#hasConfirmed || heldMs >= provenAfterMs,
      reconnectAfterMs: this.#restartsAtOnce ? 0 : this.#reconnectAfterMs,
    });
  }
}
