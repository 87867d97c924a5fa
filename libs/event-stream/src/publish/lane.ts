import type { StoredEvent } from '../event-stream.ts';
import { fullJitterMs } from './backoff.ts';
import { MessageChain } from './message-chain.ts';
import type { Message } from './message.ts';
import { maxRefusals, unanswered, type Refusal } from './refusal.ts';
import { within } from '../within.ts';

/** A way to the server. What is put on it when the connection is gone is lost; the connection says so. */
export interface Send {
  /** Puts a message on the wire; gives a refusal when it may not go. */
  put(message: Message): Refusal | undefined;
  /** Lets go of what was put. */
  flush(): void;
}

export interface LaneParts {
  readonly stream: string;
  readonly window: { readonly messages: number; readonly bytes: number };
  /** How long a message may go unanswered before it is sent again; when it has for a tenth of that, nothing more is sent. */
  readonly ackTimeoutMs: number;
  /** A message left the lane stored. */
  onStored(message: Message, stored: StoredEvent): void;
  /** A message left the lane refused for good. */
  onRefused(message: Message, refusal: Refusal): void;
  /** A message has not been taken for now. */
  onSetback(refusal: Refusal): void;
  /** Looks after the stream, which may be gone. Gives a refusal when nothing can be sent to it until a person acts. */
  mend(): Promise<Refusal | undefined>;
  /** Something left: there may be room. */
  onRoom(): void;
}

/** The longest pauses between two tries, milliseconds. What comes back by itself is to be noticed soon. */
const longestPauses = { later: 1_000, perhaps: 5_000 };
/** How long a try waits for the look at the stream before it. */
const mendMs = 500;

/**
 * The messages of one stream on their way, in order. It keeps a window of them on the wire. When one is not taken for
 * the moment, it waits for the outcome of all that are on the wire, then sends the oldest alone, until that is stored,
 * and only then opens the window again: what follows on a subject does not overtake it again and again. When one goes
 * unanswered for long, the stream may be between two leaders: what is sent now could be stored by the next one while
 * earlier messages were lost with the last, so no more is sent until all that is on the wire is settled. When the
 * connection returns, everything unconfirmed goes out again in the original order under the same ids.
 */
export class Lane {
  readonly stream: string;
  readonly held = new MessageChain();
  inFlight = 0;
  #inFlightWeight = 0;
  #retried = 0;

  readonly #parts: LaneParts;
  #send: Send | undefined;
  /** The first message that has not been looked at for sending. */
  #cursor: Message | null = null;
  #mode: 'open' | 'settling' | 'pausing' | 'probing' = 'open';
  #setbacks = 0;
  #longestPauseMs = longestPauses.later;
  #mendFirst = false;
  #pause: NodeJS.Timeout | undefined;
  #pumpQueued = false;

  constructor(parts: LaneParts) {
    this.stream = parts.stream;
    this.#parts = parts;
  }

  /** Times a message was sent again. */
  get retried(): number {
    return this.#retried;
  }

  /** Messages go out as they come: none has been refused since one was stored, or the connection returned. */
  get isOpen(): boolean {
    return this.#mode === 'open';
  }

  append(message: Message): void {
    message.lane = this;
    message.place = 'waiting';
    this.held.append(message);
    this.#cursor ??= message;
    this.#queuePump();
  }

  /** The connection is up: whatever is unconfirmed is sent, again or for the first time. */
  up(send: Send): void {
    this.#send = send;
    this.#pump();
  }

  /** The connection is down: what was on the wire may be lost. */
  down(): void {
    this.#send = undefined;
    clearTimeout(this.#pause);
    this.#mode = 'open';
    this.#setbacks = 0;
    this.#recall();
  }

  stored(message: Message, stored: StoredEvent): void {
    if (message.place === 'none') return;
    this.take(message);
    if (this.#mode === 'probing' || this.#mode === 'pausing') this.#reopen();
    this.#parts.onStored(message, stored);
  }

  refused(message: Message, refusal: Refusal): void {
    if (message.place === 'none') return;
    const given = refusal.hope === 'perhaps' && message.refusals >= maxRefusals;
    if (refusal.hope === 'never' || given) {
      this.take(message);
      if (this.#mode === 'probing') this.#reopen();
      this.#parts.onRefused(message, refusal);
      return;
    }
    if (message.place !== 'in_flight') return;
    if (refusal.hope === 'perhaps') message.refusals += 1;
    this.#offWire(message);
    message.place = 'waiting';
    this.#setback(refusal);
  }

  /** Removes a message, wherever it is. */
  take(message: Message): void {
    if (message.place === 'none') return;
    if (message.place === 'in_flight') this.#offWire(message);
    if (this.#cursor === message) this.#cursor = message.next;
    message.place = 'none';
    this.held.remove(message);
    this.#settled();
    this.#queuePump();
    this.#parts.onRoom();
  }

  /** Keeps a message from being sent, or lets it be sent again. */
  divert(message: Message, place: 'outbox_bound' | 'waiting'): void {
    if (message.place === 'in_flight' || message.place === 'none') return;
    message.place = place;
    if (place === 'waiting') {
      this.#cursor = this.held.first;
      this.#queuePump();
    }
  }

  /** Takes what has gone too long without an answer off the wire. */
  sweep(nowMs: number): void {
    if (this.#send === undefined || this.inFlight === 0) return;
    const before = nowMs - this.#parts.ackTimeoutMs;
    let left = this.inFlight;
    for (let message = this.held.first; message !== null && left > 0;) {
      const { next }: Message = message;
      if (message.place === 'in_flight') {
        left -= 1;
        if (message.sentAt > before) return;
        this.refused(message, unanswered);
      }
      message = next;
    }
  }

  oldestAgeMs(nowMs: number): number {
    return this.held.first === null ? 0 : Math.max(0, nowMs - this.held.first.at);
  }

  stop(): void {
    this.#send = undefined;
    clearTimeout(this.#pause);
  }

  #offWire(message: Message): void {
    this.inFlight -= 1;
    this.#inFlightWeight -= message.weight;
    message.sentAt = 0;
  }

  #recall(): void {
    for (let message = this.held.first; message !== null && this.inFlight > 0; message = message.next) {
      if (message.place !== 'in_flight') continue;
      this.#offWire(message);
      message.place = 'waiting';
    }
    this.#cursor = this.held.first;
  }

  #setback(refusal: Refusal): void {
    if (refusal.mend === true) this.#mendFirst = true;
    this.#longestPauseMs = longestPauses[refusal.hope === 'perhaps' ? 'perhaps' : 'later'];
    if (this.#mode === 'open' || this.#mode === 'probing') {
      this.#mode = 'settling';
      this.#setbacks += 1;
      this.#parts.onSetback(refusal);
    }
    this.#settled();
  }

  #settled(): void {
    if (this.#mode !== 'settling' || this.inFlight > 0 || this.#send === undefined) return;
    this.#mode = 'pausing';
    this.#pause = setTimeout(
      () => void this.#probe(),
      fullJitterMs(this.#setbacks, 50, this.#longestPauseMs),
    );
  }

  async #probe(): Promise<void> {
    if (this.#mendFirst) {
      this.#mendFirst = false;
      // Between two leaders nobody answers it: the try itself then tells sooner whether there is a next one.
      const hopeless = await within(mendMs, this.#parts.mend());
      if (this.#mode !== 'pausing') return;
      if (hopeless !== undefined && this.held.first !== null) this.refused(this.held.first, hopeless);
    }
    this.#mode = 'probing';
    this.#cursor = this.held.first;
    this.#pump();
  }

  #reopen(): void {
    clearTimeout(this.#pause);
    this.#mode = 'open';
    this.#setbacks = 0;
    this.#cursor = this.held.first;
  }

  #queuePump(): void {
    if (this.#pumpQueued || this.#send === undefined) return;
    this.#pumpQueued = true;
    // After all that was read in this turn of the loop, from whichever socket: it leaves in one write.
    setImmediate(() => {
      this.#pumpQueued = false;
      this.#pump();
    });
  }

  #mayGo(message: Message, nowMs: number): boolean {
    if (this.inFlight === 0) return true;
    if (this.#mode === 'probing' || this.#isStalled(nowMs)) return false;
    const { messages, bytes } = this.#parts.window;
    return this.inFlight < messages && this.#inFlightWeight + message.weight <= bytes;
  }

  /** The oldest is on the wire and has gone unanswered for long. */
  #isStalled(nowMs: number): boolean {
    const oldest = this.held.first;
    return oldest?.place === 'in_flight' && nowMs - oldest.sentAt > this.#parts.ackTimeoutMs / 10;
  }

  #pump(): void {
    const send = this.#send;
    if (send === undefined || this.#cursor === null) return;
    const now = Date.now();
    for (let message = this.#next(now); message !== null; message = this.#next(now)) {
      this.#put(message, send, now);
    }
    send.flush();
  }

  /** The next message that may go now. */
  #next(nowMs: number): Message | null {
    while (this.#send !== undefined && (this.#mode === 'open' || this.#mode === 'probing')) {
      const message = this.#cursor;
      if (message === null) return null;
      if (message.place === 'waiting' && !this.#mayGo(message, nowMs)) return null;
      this.#cursor = message.next;
      if (message.place === 'waiting') return message;
    }
    return null;
  }

  #put(message: Message, send: Send, nowMs: number): void {
    const refusal = send.put(message);
    if (refusal !== undefined) {
      this.refused(message, refusal);
      return;
    }
    if (message.attempts > 0) this.#retried += 1;
    message.attempts += 1;
    message.place = 'in_flight';
    message.sentAt = nowMs;
    this.inFlight += 1;
    this.#inFlightWeight += message.weight;
  }
}
