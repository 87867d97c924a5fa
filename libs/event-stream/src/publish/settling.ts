import type { StreamName } from '@fleet/event-envelope';

import type { DropReason, StoredEvent } from '../event-stream.ts';
import type { SeldomLog } from '../log-seldom.ts';
import type { Counters } from './counters.ts';
import { deadLetterOf, shorterDeadLetterOf, type Refusable } from './dead-letter.ts';
import type { MessageParts, MessageStore } from './message-store.ts';
import type { Message, Waiter } from './message.ts';
import { PublishError } from './publish-error.ts';
import type { Refusal } from './refusal.ts';
import { TellMaker } from './tell-maker.ts';

export interface SettlingParts {
  readonly counters: Counters;
  readonly messages: MessageStore;
  readonly instance: string;
  readonly logSeldom: SeldomLog;
  readonly keepDeadLetter: (letter: MessageParts) => void;
}

const dropReason = (message: Message): DropReason =>
  message.delivery === 'dead_letter' ? 'overflow_durable' : `overflow_${message.delivery}`;

/** What follows when a message has left its lane: it is counted, its maker is told, its memory is used again. */
export class Settling {
  readonly tell: TellMaker;
  readonly #parts: SettlingParts;

  constructor(parts: SettlingParts) {
    this.#parts = parts;
    this.tell = new TellMaker(parts.logSeldom);
  }

  stored(message: Message, stored: StoredEvent): void {
    const { counters, messages } = this.#parts;
    const { waiter } = message;
    if (message.delivery === 'dead_letter') counters.deadLettered += 1;
    else counters.stored += 1;
    if (stored.duplicate) counters.duplicates += 1;
    messages.release(message, true);
    if (waiter) this.tell.stored(waiter, stored);
  }

  dropped(message: Message): void {
    const { counters, messages, logSeldom } = this.#parts;
    const reason = dropReason(message);
    counters.dropped[reason] += 1;
    const facts = () => ({ reason, subject: message.subject });
    logSeldom('error', reason, facts, 'events lost: there is no room for more');
    messages.release(message);
  }

  refused(message: Message, refusal: Refusal, stream: StreamName): void {
    const { counters, messages } = this.#parts;
    const { kind, detail, code } = refusal;
    const { subject, waiter } = message;
    counters.refused[kind] += 1;
    if (waiter === undefined) this.#refusedToNobody(message, refusal, stream);
    messages.release(message);
    if (waiter === undefined) return;
    this.tell.failed(waiter, new PublishError(kind, subject, detail, code === undefined ? {} : { code }));
  }

  /** The message is given up here. */
  failed(
    message: Message,
    waiter: Waiter,
    kind: 'aborted' | 'closed' | 'overflow',
    detail: string,
    cause?: unknown,
  ): void {
    const { counters, messages } = this.#parts;
    const { subject } = message;
    counters.refused[kind] += 1;
    messages.release(message);
    this.tell.failed(waiter, new PublishError(kind, subject, detail, { cause }));
  }

  /** Keeps a refused event as a dead letter. */
  setAside(message: Refusable, refusal: Refusal, stream: StreamName): void {
    const { instance, keepDeadLetter } = this.#parts;
    keepDeadLetter(deadLetterOf(message, refusal, { stream, instance }));
  }

  #refusedToNobody(message: Message, refusal: Refusal, stream: StreamName): void {
    const { logSeldom, keepDeadLetter } = this.#parts;
    const { kind, detail, code } = refusal;
    const facts = { subject: message.subject, id: message.id, kind, detail, code };
    if (message.delivery !== 'dead_letter') {
      logSeldom('error', `refused ${kind}`, facts, 'event refused and set aside as a dead letter');
      this.setAside(message, refusal, stream);
      return;
    }
    const shorter = kind === 'too_large' ? shorterDeadLetterOf(message) : undefined;
    if (shorter !== undefined) keepDeadLetter(shorter);
    else logSeldom('error', `dead ${kind}`, facts, 'dead letter lost: it was refused too');
  }
}
