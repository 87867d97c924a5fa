/** What the server says of a delivery, in the subject that acknowledgements go to. */
export interface AckFacts {
  readonly stream: string;
  /** 1 at first. */
  readonly deliveryCount: number;
  readonly sequence: number;
  /** Counts the deliveries of one consumer. */
  readonly deliverySequence: number;
  /** Unix milliseconds. */
  readonly storedAt: number;
  /** What the consumer has still to deliver. */
  readonly pending: number;
}

const dot = 46;
const zero = 48;

const countDots = (text: string): number => {
  let dots = 0;
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) === dot) dots += 1;
  return dots;
};

/** Where the token after the one at `at` begins. */
const after = (text: string, at: number): number => text.indexOf('.', at) + 1;

/** The number that begins at `at`. */
const numberAt = (text: string, at: number): number => {
  let value = 0;
  for (let here = at; here < text.length; here += 1) {
    const code = text.charCodeAt(here);
    if (code === dot) break;
    value = value * 10 + code - zero;
  }
  return value;
};

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<deliveries>.<sequence>.<delivery sequence>.<nanoseconds>.<pending>`, or the longer
 * form with domain and account before the stream and a random token at the end (NATS ADR-15). Read for every message,
 * so it walks over the text and splits nothing.
 */
export const parseAckSubject = (subject: string): AckFacts => {
  let stream = after(subject, after(subject, 0));
  if (countDots(subject) >= 10) stream = after(subject, after(subject, stream));
  const consumer = after(subject, stream);
  const deliveryCount = after(subject, consumer);
  const sequence = after(subject, deliveryCount);
  const deliverySequence = after(subject, sequence);
  const nanoseconds = after(subject, deliverySequence);
  const pending = after(subject, nanoseconds);
  return {
    stream: subject.slice(stream, consumer - 1),
    deliveryCount: numberAt(subject, deliveryCount),
    sequence: numberAt(subject, sequence),
    deliverySequence: numberAt(subject, deliverySequence),
    storedAt: Math.floor(numberAt(subject, nanoseconds) / 1e6),
    pending: numberAt(subject, pending),
  };
};
