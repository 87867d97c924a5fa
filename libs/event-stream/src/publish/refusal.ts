import type { AckError } from './parse-ack.ts';
import type { PublishErrorKind } from './publish-error.ts';

/**
 * Why a message was not taken, and what follows:
 * - `never`: it cannot succeed, its maker is told at once;
 * - `perhaps`: it is tried again, some thirty times;
 * - `later`: it is tried again for as long as it takes.
 */
export interface Refusal {
  readonly kind: PublishErrorKind;
  readonly hope: 'never' | 'perhaps' | 'later';
  readonly detail: string;
  readonly code?: number;
  /** The stream may be gone: it is looked after before the next try. */
  readonly mend?: boolean;
}

/** Tries of a message that `perhaps` succeeds: with pauses of up to 5 s about a minute. */
export const maxRefusals = 30;

export const noResponders: Refusal = {
  kind: 'no_stream',
  hope: 'later',
  detail: 'no stream captures the subject, or its leader is away',
  mend: true,
};

export const unanswered: Refusal = { kind: 'refused', hope: 'later', detail: 'no acknowledgement in time' };

/** By JetStream's `err_code` (server/errors.json of nats-server). */
const byCode: Readonly<Record<number, Omit<Refusal, 'detail' | 'code'>>> = {
  10002: { kind: 'storage', hope: 'perhaps' }, // resource limits exceeded for account
  10008: { kind: 'refused', hope: 'later' }, // JetStream system temporarily unavailable
  10009: { kind: 'refused', hope: 'later' }, // JetStream cluster can not handle request
  10023: { kind: 'storage', hope: 'perhaps' }, // insufficient resources
  10028: { kind: 'storage', hope: 'perhaps' }, // insufficient memory resources available
  10039: { kind: 'no_stream', hope: 'later', mend: true }, // JetStream not enabled for account
  10047: { kind: 'storage', hope: 'perhaps' }, // insufficient storage resources available
  10054: { kind: 'too_large', hope: 'never' }, // message size exceeds maximum allowed
  10059: { kind: 'no_stream', hope: 'later', mend: true }, // stream not found
  10060: { kind: 'wrong_sequence', hope: 'never' }, // expected stream does not match
  10070: { kind: 'wrong_sequence', hope: 'never' }, // wrong last msg ID
  10071: { kind: 'wrong_sequence', hope: 'never' }, // wrong last sequence
  10076: { kind: 'no_stream', hope: 'later', mend: true }, // JetStream not enabled
  10109: { kind: 'refused', hope: 'never' }, // invalid operation on sealed stream
  10118: { kind: 'refused', hope: 'later' }, // stream is offline
  10158: { kind: 'refused', hope: 'later' }, // duplicate message id is in process
  10164: { kind: 'wrong_sequence', hope: 'never' }, // wrong last sequence, unknown
  10167: { kind: 'refused', hope: 'later' }, // too many requests
};

/** A store's own words come under one code, 10077. */
const storeFailed = (description: string): Omit<Refusal, 'detail' | 'code'> =>
  /maximum (messages|bytes)/.test(description)
    ? { kind: 'stream_full', hope: 'never' }
    : { kind: 'storage', hope: 'perhaps' };

export const refusalOf = ({ code, errCode, description }: AckError): Refusal => {
  const known = errCode === 10077 ? storeFailed(description) : byCode[errCode];
  const guessed: Omit<Refusal, 'detail' | 'code'> =
    code >= 400 && code < 500 ? { kind: 'refused', hope: 'never' } : { kind: 'refused', hope: 'perhaps' };
  return { ...(known ?? guessed), detail: description, code: errCode };
};
