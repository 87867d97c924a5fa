import { deadLetterSubject } from '@fleet/event-envelope';

import { headerLine } from './header-line.ts';
import type { MessageParts } from './message-store.ts';
import type { Message } from './message.ts';
import type { Refusal } from './refusal.ts';

/** What is kept of an event that is too large to be stored anywhere. */
const excerptBytes = 1024;

/** What is kept of one that does not fit beside the reasons. */
const shortExcerptBytes = 256;
const truncated = 'Charter-Truncated';

/** What a dead letter needs to know of an event. */
export type Refusable = Pick<Message, 'subject' | 'id' | 'at' | 'data' | 'headerLines'>;

/** An instance's name as one token of a subject. */
export const asToken = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '_') || '_';

/**
 * A refused event as a dead letter: what it was, where it was to go and why it was refused. It stands under the name of
 * the instance that could not publish it, where a subscriber's stand under the name of its durable.
 */
export const deadLetterOf = (
  message: Refusable,
  refusal: Refusal,
  origin: { readonly stream: string; readonly instance: string },
): MessageParts => {
  const tooLarge = refusal.kind === 'too_large';
  const bytes = Buffer.from(message.data);
  const lines = [
    message.headerLines,
    headerLine('Charter-Error', refusal.detail.slice(0, 512)),
    headerLine('Charter-Error-Kind', refusal.kind),
    headerLine('Charter-Stream', origin.stream),
    headerLine('Charter-Subject', message.subject),
    headerLine('Charter-Message-Id', message.id),
    tooLarge ? headerLine(truncated, String(bytes.length)) : '',
  ];
  return {
    subject: deadLetterSubject(origin.stream, asToken(origin.instance)),
    id: `dead-${message.id.replace(/[^\x21-\x7e]/g, '?')}`,
    text: bytes.toString('utf8', 0, tooLarge ? excerptBytes : bytes.length),
    delivery: 'dead_letter',
    at: message.at,
    headerLines: lines.join(''),
  };
};

/** A dead letter that was too large, with less of its event; none when there is no less. */
export const shorterDeadLetterOf = (letter: Message): MessageParts | undefined => {
  const { subject, id, at, delivery, headerLines } = letter;
  const bytes = Buffer.from(letter.data);
  if (bytes.length <= shortExcerptBytes) return undefined;
  const saidAlready = headerLines.includes(`${truncated}: `);
  return {
    subject,
    id,
    at,
    delivery,
    text: bytes.toString('utf8', 0, shortExcerptBytes),
    headerLines: saidAlready ? headerLines : headerLines + headerLine(truncated, String(bytes.length)),
  };
};
