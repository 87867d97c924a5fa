import {
  createEvent,
  deliveryOf,
  entityOf,
  subjectOf,
  type CharterEvent,
  type CreateEventOptions,
  type EventPayload,
  type EventType,
} from '@fleet/event-envelope';

import { outgoingTrace, type OutgoingTrace } from '../trace/outgoing-trace.ts';
import { createEventText } from './event-text.ts';
import { headerLine } from './message-headers.ts';
import type { MessageStore } from './message-store.ts';
import type { Message, Waiter } from './message.ts';

export type MakeMessage = <T extends EventType>(
  type: T,
  payload: EventPayload<T>,
  options: CreateEventOptions | undefined,
  waiter: Waiter | undefined,
) => Message;

const none: CreateEventOptions = {};
const mostSubjects = 20_000;

/** Subjects by type and entity: those of events that are held for long are one string and not thousands. */
const createSubjects = (): ((event: CharterEvent) => string) => {
  const byType = new Map<string, Map<string, string>>();
  return (event) => {
    let subjects = byType.get(event.type);
    if (subjects === undefined || subjects.size >= mostSubjects) {
      subjects = new Map<string, string>();
      byType.set(event.type, subjects);
    }
    const entity = entityOf(event);
    let subject = subjects.get(entity);
    if (subject === undefined) subjects.set(entity, (subject = subjectOf(event)));
    return subject;
  };
};

const traceLines = ({ traceparent, tracestate }: OutgoingTrace): string =>
  headerLine('traceparent', traceparent) + (tracestate ? headerLine('tracestate', tracestate) : '');

/**
 * Makes, checks and encodes events of one instance, in the caller's time: what it does to the payload afterwards has no
 * effect. Throws an `InvalidEventError`.
 */
export const createMakeMessage = (instance: string, store: MessageStore): MakeMessage => {
  const ownMeta = { producer: instance };
  const subjectFor = createSubjects();
  const textOf = createEventText();
  return (type, payload, options, waiter) => {
    const trace = outgoingTrace(type);
    const meta =
      trace === undefined && options?.meta === undefined
        ? ownMeta
        : { ...ownMeta, ...(trace && { traceparent: trace.traceparent }), ...options?.meta };
    // Named one by one: spreading what callers give costs as much as all the rest.
    const { id, source, target, timestamp } = options ?? none;
    const event = createEvent(type, payload, { id, source, target, timestamp, meta });
    return store.create({
      subject: subjectFor(event as CharterEvent),
      id: event.id,
      text: textOf(event as CharterEvent),
      delivery: deliveryOf(type),
      at: Date.now(),
      waiter,
      headerLines: trace === undefined ? '' : traceLines(trace),
    });
  };
};
