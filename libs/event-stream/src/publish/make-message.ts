import {
  catalogue,
  charterVersion,
  checkEvent,
  checkOptions,
  eventTypes,
  isEntityId,
  subjectFilter,
  type CreateEventOptions,
  type EventPayload,
  type EventType,
} from '@fleet/event-envelope';

import { outgoingTrace, type OutgoingTrace } from '../trace/outgoing-trace.ts';
import { EncodedPayload } from './encoded-payload.ts';
import { lineStart } from './frame.ts';
import { headerLine } from './header-line.ts';
import { Ids } from './ids.ts';
import type { MessageStore } from './message-store.ts';
import type { Message, Waiter } from './message.ts';
import { writeJson } from './write-json.ts';

export type MakeMessage = <T extends EventType>(
  type: T,
  payload: EventPayload<T> | EncodedPayload,
  options: CreateEventOptions | undefined,
  waiter: Waiter | undefined,
) => Message;

const start = Buffer.from('{"id":"');
const beforePayload = Buffer.from(',"payload":');

/** The protocol lines of all types up to the last token of the subject, which is what the event is about. */
const lineStarts = new Map(
  eventTypes.map((type) => [type, Buffer.from(lineStart + subjectFilter(type).slice(0, -1))]),
);

/** What an event says of itself between its id and its timestamp. Types and sources need no escapes. */
const kindText = (type: EventType, source: string, target: string | null): string =>
  `","type":"${type}","source":"${source}","target":${JSON.stringify(target)},"timestamp":`;

const createKinds = (): ((type: EventType, options: CreateEventOptions | undefined) => Uint8Array) => {
  const usual = new Map(
    eventTypes.map((type) => [type, Buffer.from(kindText(type, catalogue[type].source, null))]),
  );
  return (type, options) => {
    const { source, target } = options ?? {};
    if (source === undefined && target === undefined) return usual.get(type) as Uint8Array;
    return Buffer.from(kindText(type, source ?? catalogue[type].source, target ?? null));
  };
};

const traceLines = ({ traceparent, tracestate }: OutgoingTrace): string =>
  headerLine('traceparent', traceparent) + (tracestate ? headerLine('tracestate', tracestate) : '');

/**
 * Makes, checks and encodes events of one instance, in the caller's time: what it does to the payload afterwards has no
 * effect. What it writes is what `JSON.stringify` makes of the event that `createEvent` makes, without making either,
 * except that no `toJSON` of a payload is asked: the fields that were checked are written. Throws an `InvalidEventError`,
 * a `RangeError` for an entity that is none, what a getter of the payload throws, and an error for an event that such a
 * getter wants to be made meanwhile.
 */
export const createMakeMessage = (instance: string, store: MessageStore): MakeMessage => {
  const ownMeta = { version: charterVersion, producer: instance };
  const endOf = (meta: object) => Buffer.from(`,"meta":${JSON.stringify(meta)}}`);
  const ownEnd = endOf(ownMeta);
  const ids = new Ids();
  const kindOf = createKinds();
  let writing = false;
  return (type, payload, options, waiter) => {
    // There is one frame at a time: what a payload's getter emits would be written into the middle of this one.
    if (writing) throw new Error(`${type}: made while the payload of another event was read`);
    const encoded = payload instanceof EncodedPayload ? payload : undefined;
    if (encoded === undefined) checkEvent(type, payload as EventPayload<typeof type>, options);
    else checkOptions(type, options);
    const trace = outgoingTrace(type);
    const { entity, delivery } = catalogue[type];
    const kind = kindOf(type, options);
    const end =
      trace === undefined && options?.meta === undefined
        ? ownEnd
        : endOf({ ...ownMeta, ...(trace && { traceparent: trace.traceparent }), ...options?.meta });
    const at = Date.now();
    const timestamp = options?.timestamp ?? at / 1000;
    const about = encoded?.entity ?? (payload as Record<string, unknown>)[entity];
    if (!isEntityId(about))
      throw new RangeError(`${type}: expected the id of an entity, got ${String(about)}`);
    const address = { start: lineStarts.get(type) as Uint8Array, rest: about };
    const headerLines = trace === undefined ? '' : traceLines(trace);
    const id = options?.id === undefined ? ids.random() : ids.of(options.id);
    const parts = { address, id, delivery, at, waiter, headerLines };
    writing = true;
    try {
      const bytes = store.begin(parts);
      bytes.copy(start);
      bytes.copy(id);
      bytes.copy(kind);
      bytes.number(timestamp);
      bytes.copy(beforePayload);
      if (encoded === undefined) writeJson(bytes, payload);
      else bytes.text(encoded.json);
      bytes.copy(end);
      return store.finish(parts);
    } finally {
      writing = false;
    }
  };
};
