import { deadLetterSubject } from '@fleet/event-envelope';

import { headerLine } from './message-headers.ts';
import type { MessageParts } from './message-store.ts';
import type { Message } from './message.ts';
import type { Refusal } from './refusal.ts';

/** What is kept of an event that is too large to be stored anywhere. */
const excerptBytes = 1024;

/** An instance's name as one token of a subject. */
export const asToken = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '_') || '_';

/**
 * A refused event as a dead letter: what it was, where it was to go and why it was refused. It stands under the name of
 * the instance that could not publish it, where a subscriber's stand under the name of its durable.
 */
export const deadLetterOf = (
  message: Message,
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
    tooLarge ? headerLine('Charter-Truncated', String(bytes.length)) : '',
  ];
  return {
    subject: deadLetterSubject(origin.stream, asToken(origin.instance)),
    id: `dead-${message.id}`,
    text: bytes.toString('utf8', 0, tooLarge ? excerptBytes : bytes.length),
    delivery: 'dead_letter',
    at: message.at,
    headerLines: lines.join(''),
  };
};
