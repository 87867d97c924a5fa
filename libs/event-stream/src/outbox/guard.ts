import type { Log } from '../log.ts';
import { createSeldomLog, type SeldomLog } from '../log-seldom.ts';
import type { Message } from '../publish/message.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { Way } from '../publish/way.ts';
import { Detours } from './detours.ts';
import type { Outbox } from './outbox.ts';

const lookMs = 200;
const batchSize = 512;
const restMs = 1_000;

const isOurs = (message: Message): boolean =>
  message.waiter === undefined &&
  !message.moving &&
  (message.delivery === 'durable' || message.delivery === 'expendable');

/**
 * Moves what JetStream has not confirmed in time to the outbox, oldest first. While an entity's events wait there, its
 * next ones follow them, so that they are not stored before.
 */
export class Guard {
  readonly detours = new Detours();
  readonly #outbox: Outbox;
  readonly #publisher: Publisher;
  readonly #afterMs: number;
  readonly #logSeldom: SeldomLog;
  readonly #timer: NodeJS.Timeout;
  #moving: Promise<void> | undefined;
  #restUntil = 0;

  constructor(
    outbox: Outbox,
    parts: { readonly publisher: Publisher; readonly log: Log; readonly afterMs: number },
  ) {
    this.#outbox = outbox;
    this.#publisher = parts.publisher;
    this.#afterMs = parts.afterMs;
    this.#logSeldom = createSeldomLog(parts.log);
    this.#publisher.detour = (message, way) => this.#detour(message, way);
    this.#timer = setInterval(() => void this.#look(this.#afterMs), lookMs);
    this.#timer.unref();
  }

  /** Moves all that is held, whatever its age, as far as the outbox takes it before the deadline. */
  async close(deadlineMs: number): Promise<void> {
    clearInterval(this.#timer);
    this.#publisher.detour = undefined;
    const until = Date.now() + deadlineMs;
    this.#restUntil = 0;
    // What is on its way there at this moment is no candidate.
    while ((this.#moving !== undefined || this.#candidates(0).length > 0) && Date.now() < until) {
      const left = new Promise((resolve) => setTimeout(resolve, until - Date.now()).unref());
      await Promise.race([this.#look(0), left]);
      if (this.#restUntil > 0) await new Promise((resolve) => setTimeout(resolve, lookMs));
      this.#restUntil = 0;
    }
  }

  #detour(message: Message, way: Way): boolean {
    if (message.delivery !== 'durable' && message.delivery !== 'expendable') return false;
    if (this.#restUntil > Date.now() || !this.#isDetoured(message)) {
      // Half full: the oldest go to the outbox before there is no room at all.
      if (way.buffer.isFilling) void this.#look(0);
      return false;
    }
    way.buffer.offer(message);
    way.lane.divert(message, 'outbox_bound');
    void this.#look(this.#afterMs);
    return true;
  }

  #look(afterMs: number): Promise<void> {
    if (this.#restUntil > Date.now()) return Promise.resolve();
    this.#moving ??= this.#move(afterMs).finally(() => {
      this.#moving = undefined;
    });
    return this.#moving;
  }

  #candidates(afterMs: number): { message: Message; way: Way }[] {
    const before = Date.now() - afterMs;
    const chosen: { message: Message; way: Way }[] = [];
    for (const way of Object.values(this.#publisher.ways)) {
      const { held } = way.lane;
      if (held.counts.durable + held.counts.expendable === 0) continue;
      for (const message of held) {
        if (chosen.length >= batchSize) break;
        if ((message.at <= before || this.#follows(message)) && isOurs(message))
          chosen.push({ message, way });
      }
    }
    return chosen;
  }

  /** It is still to be sent, and earlier ones of its subject are in the outbox. */
  #follows(message: Message): boolean {
    if (message.place === 'outbox_bound') return true;
    return message.place === 'waiting' && this.#isDetoured(message);
  }

  /** Its subject, which takes reading, is only read where any is in the outbox. */
  #isDetoured(message: Message): boolean {
    return !this.detours.isEmpty && this.detours.has(message.subject);
  }

  /** Those that are still to be sent follow the earlier ones of their subjects, or they would be stored before them. */
  #followDetours(way: Way): void {
    for (const message of way.lane.held) {
      if (isOurs(message) && this.#follows(message)) way.lane.divert(message, 'outbox_bound');
    }
  }

  /** The outbox is away: what was to go there is sent, if there is a server. */
  #leaveDetours(way: Way): void {
    for (const message of way.lane.held) {
      if (message.place === 'outbox_bound') way.lane.divert(message, 'waiting');
    }
  }

  async #move(afterMs: number): Promise<void> {
    // Those emitted in the same turn go together.
    await Promise.resolve();
    for (let chosen = this.#candidates(afterMs); chosen.length > 0; chosen = this.#candidates(afterMs)) {
      if (!(await this.#append(chosen))) return;
    }
  }

  async #append(chosen: readonly { message: Message; way: Way }[]): Promise<boolean> {
    const { messages, counters, leftMoving } = this.#publisher;
    for (const { message } of chosen) {
      messages.lend(message);
      this.detours.add(message.subject);
    }
    const ways = new Set(chosen.map(({ way }) => way));
    for (const way of ways) this.#followDetours(way);
    this.detours.appending();
    try {
      const { leftOut } = await this.#outbox.append(
        chosen.map(({ message }) => ({
          id: message.id,
          subject: message.subject,
          bytes: message.data,
          expendable: message.delivery === 'expendable',
          at: message.at,
          attempted: message.attempts > 0,
        })),
      );
      this.#logSeldom.over('append', {}, 'outbox takes events again');
      counters.dropped.overflow_expendable += leftOut;
      const counted = chosen.filter(({ message }) => leftMoving.has(message)).length;
      counters.outboxed += Math.max(0, chosen.length - leftOut - counted);
      for (const { message, way } of chosen) {
        // Nothing happens to those that were confirmed in the meantime.
        way.lane.take(message);
        messages.release(message);
      }
      return true;
    } catch (error) {
      this.#logSeldom('warn', 'append', { err: error }, 'outbox takes nothing, events stay in memory');
      this.#restUntil = Date.now() + restMs;
      for (const way of ways) this.#leaveDetours(way);
      return false;
    } finally {
      for (const { message } of chosen) messages.giveBack(message);
      this.detours.appended();
    }
  }
}
