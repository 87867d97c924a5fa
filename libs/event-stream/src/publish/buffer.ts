import type { Bound } from '../settings.ts';
import { chooseVictims } from './evict.ts';
import type { Lane } from './lane.ts';
import { MessageChain } from './message-chain.ts';
import type { Message } from './message.ts';

const exceeds = ({ size, weight }: MessageChain, { messages, bytes }: Bound): boolean =>
  size >= messages || weight >= bytes;

/** Keeps what a lane holds within a bound: what nobody waits for makes room, and who waits for it stands in line. */
export class Buffer {
  readonly #lane: Lane;
  readonly #bound: Bound;
  readonly #waitingBound: Bound;
  readonly #onDropped: (message: Message) => void;
  readonly #line = new MessageChain();
  #seekers: (() => void)[] = [];
  #admitting = false;

  constructor(
    lane: Lane,
    bounds: { readonly buffer: Bound; readonly waiting: Bound },
    onDropped: (message: Message) => void,
  ) {
    this.#lane = lane;
    this.#bound = bounds.buffer;
    this.#waitingBound = bounds.waiting;
    this.#onDropped = onDropped;
  }

  get hasRoom(): boolean {
    return !this.#isFull();
  }

  /** Half full or more. */
  get isFilling(): boolean {
    const { size, weight } = this.#lane.held;
    return size * 2 >= this.#bound.messages || weight * 2 >= this.#bound.bytes;
  }

  /** Those in line, beside what the lane holds. */
  get inLine(): Pick<MessageChain, 'size' | 'weight'> & Iterable<Message> {
    return this.#line;
  }

  /** Takes a message at once. When there is no room, what is worth least is given up for it, or it is given up itself. */
  offer(message: Message): void {
    if (this.#isFull()) {
      for (const victim of chooseVictims(this.#lane, this.#bound)) {
        this.#lane.take(victim);
        this.#onDropped(victim);
      }
    }
    // What is on the wire is not given up, and who stands in line came before: there may be no room all the same.
    if (this.#isFull()) this.#onDropped(message);
    else this.#lane.append(message);
  }

  /** Takes a message when there is room, in the order of the calls. False when too much stands in line. */
  admit(message: Message): boolean {
    if (this.#line.size === 0 && this.hasRoom) this.#lane.append(message);
    else if (exceeds(this.#line, this.#waitingBound)) return false;
    else this.#line.append(message);
    return true;
  }

  /** Removes a message from line; false when it does not stand there. */
  leaveLine(message: Message): boolean {
    if (message.place !== 'none' || !this.#line.has(message)) return false;
    this.#line.remove(message);
    return true;
  }

  /** Empties the line. */
  dismissLine(): Message[] {
    const dismissed = [...this.#line];
    for (const message of dismissed) this.#line.remove(message);
    return dismissed;
  }

  whenRoom(signal?: AbortSignal): Promise<void> {
    if (this.hasRoom && this.#line.size === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const give = () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      };
      const aborted = () => {
        this.#seekers = this.#seekers.filter((seeker) => seeker !== give);
        reject(signal?.reason as Error);
      };
      if (signal?.aborted === true) {
        reject(signal.reason as Error);
        return;
      }
      signal?.addEventListener('abort', aborted, { once: true });
      this.#seekers.push(give);
    });
  }

  #isFull(): boolean {
    return exceeds(this.#lane.held, this.#bound);
  }

  /** Something has left the lane. */
  roomChanged(): void {
    if (this.#admitting || (this.#line.size === 0 && this.#seekers.length === 0)) return;
    this.#admitting = true;
    while (this.#line.first !== null && this.hasRoom) {
      const message = this.#line.first;
      this.#line.remove(message);
      this.#lane.append(message);
    }
    if (this.hasRoom) {
      const seekers = this.#seekers;
      this.#seekers = [];
      for (const give of seekers) give();
    }
    this.#admitting = false;
  }
}
