import { isThenable } from './is-thenable.ts';

/** What became of a try: it is settled, or it is to be made again after so many milliseconds. */
export type Outcome = 'settled' | { readonly retryAfterMs: number };

export interface LanesParts<Item> {
  readonly concurrency: number;
  /** Makes one try; never rejects. */
  attempt(item: Item): Outcome | Promise<Outcome>;
  /** An item that must be tried while nothing else is. */
  isSolitary(item: Item): boolean;
  /** An item whose next try is no longer made here. */
  giveBack(item: Item): void;
}

interface Lane<Item> {
  readonly entity: string;
  readonly queue: Item[];
  state: 'ready' | 'running' | 'waiting';
  timer?: NodeJS.Timeout;
}

/**
 * Tries items, so many at the same time, those of one entity one after the other in the order of their arrival. While an
 * item waits for its next try, the later ones of its entity wait behind it, and those of others go on.
 */
export class EntityLanes<Item extends { readonly entity: string }> {
  readonly #parts: LanesParts<Item>;
  readonly #lanes = new Map<string, Lane<Item>>();
  readonly #ready = new Set<Lane<Item>>();
  #running = 0;
  #solitary = false;
  #starting = false;
  #stopped = false;
  #whenIdle: (() => void)[] = [];

  constructor(parts: LanesParts<Item>) {
    this.#parts = parts;
  }

  add(item: Item): void {
    const lane = this.#lanes.get(item.entity);
    if (lane !== undefined) {
      lane.queue.push(item);
      return;
    }
    // Most are done at once, and need no lane.
    if (this.#ready.size === 0 && this.#isFree() && !this.#parts.isSolitary(item)) {
      this.#startAlone(item);
      return;
    }
    const opened: Lane<Item> = { entity: item.entity, queue: [item], state: 'ready' };
    this.#lanes.set(item.entity, opened);
    this.#ready.add(opened);
    this.#start();
  }

  /** Starts nothing more and hands out what is not being tried at this moment. */
  stop(): Item[] {
    this.#stopped = true;
    const left: Item[] = [];
    for (const lane of this.#lanes.values()) {
      clearTimeout(lane.timer);
      const running = lane.state === 'running' ? 1 : 0;
      left.push(...lane.queue.splice(running));
      if (running === 0) this.#lanes.delete(lane.entity);
    }
    this.#ready.clear();
    return left;
  }

  /** Resolves when nothing is being tried. */
  idle(): Promise<void> {
    if (this.#running === 0) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  #start(): void {
    // An attempt that settles at once comes back here; the loop that started it goes on.
    if (this.#starting) return;
    this.#starting = true;
    for (const lane of this.#ready) {
      if (!this.#isFree()) break;
      const item = lane.queue[0] as Item;
      const solitary = this.#parts.isSolitary(item);
      if (solitary && this.#running > 0) break;
      this.#ready.delete(lane);
      lane.state = 'running';
      this.#solitary = solitary;
      this.#running += 1;
      this.#follow(lane, item, this.#parts.attempt(item));
    }
    this.#starting = false;
  }

  #isFree(): boolean {
    return !this.#stopped && !this.#solitary && this.#running < this.#parts.concurrency;
  }

  #startAlone(item: Item): void {
    this.#running += 1;
    const outcome = this.#parts.attempt(item);
    if (outcome === 'settled') {
      this.#running -= 1;
      this.#lookWhetherIdle();
      return;
    }
    const lane: Lane<Item> = { entity: item.entity, queue: [item], state: 'running' };
    this.#lanes.set(item.entity, lane);
    this.#follow(lane, item, outcome);
  }

  #follow(lane: Lane<Item>, item: Item, outcome: Outcome | Promise<Outcome>): void {
    if (isThenable(outcome)) void outcome.then((value) => this.#ended(lane, item, value));
    else this.#ended(lane, item, outcome);
  }

  #ended(lane: Lane<Item>, item: Item, outcome: Outcome): void {
    this.#running -= 1;
    this.#solitary = false;
    if (outcome === 'settled') {
      lane.queue.shift();
      this.#next(lane);
    } else if (this.#stopped) {
      lane.queue.shift();
      this.#parts.giveBack(item);
    } else {
      lane.state = 'waiting';
      lane.timer = setTimeout(() => this.#next(lane), outcome.retryAfterMs);
    }
    this.#start();
    this.#lookWhetherIdle();
  }

  #lookWhetherIdle(): void {
    if (this.#running > 0 || this.#whenIdle.length === 0) return;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
  }

  #next(lane: Lane<Item>): void {
    if (lane.queue.length === 0) {
      this.#lanes.delete(lane.entity);
      return;
    }
    lane.state = 'ready';
    this.#ready.add(lane);
    this.#start();
  }
}
