import type { StoredEvent } from '../event-stream.ts';

/** JetStream's refusal of a message. */
export interface AckError {
  readonly code: number;
  readonly errCode: number;
  readonly description: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const [space, zero, nine, brace] = [0x20, 0x30, 0x39, 0x7d];

/**
 * Reads the plain confirmations of one stream, `{"stream":"X", "seq":17}`, without making an object: gives the
 * sequence, or 0 for whatever is not exactly that.
 */
export const createPlainAckReader = (stream: string): ((bytes: Uint8Array) => number) => {
  const start = encoder.encode(`{"stream":"${stream}",`);
  const key = encoder.encode('"seq":');
  return (bytes) => {
    const { length } = bytes;
    for (let i = 0; i < start.length; i += 1) if (bytes[i] !== start[i]) return 0;
    let at = start.length;
    if (bytes[at] === space) at += 1;
    for (let i = 0; i < key.length; i += 1, at += 1) if (bytes[at] !== key[i]) return 0;
    let sequence = 0;
    for (; at < length; at += 1) {
      const byte = bytes[at] as number;
      if (byte < zero || byte > nine) break;
      sequence = sequence * 10 + (byte - zero);
    }
    return at === length - 1 && bytes[at] === brace ? sequence : 0;
  };
};

interface AckBody {
  readonly stream?: unknown;
  readonly seq?: unknown;
  readonly duplicate?: unknown;
  readonly error?: { readonly code?: unknown; readonly err_code?: unknown; readonly description?: unknown };
}

const numberOr0 = (value: unknown): number => (typeof value === 'number' ? value : 0);

/** Reads any acknowledgement. What is none at all counts as a refusal that may pass. */
export const parseAck = (bytes: Uint8Array): StoredEvent | { readonly error: AckError } => {
  const unreadable = {
    error: { code: 0, errCode: 0, description: 'an acknowledgement that cannot be read' },
  };
  let body: AckBody | null;
  try {
    body = JSON.parse(decoder.decode(bytes)) as AckBody | null;
  } catch {
    return unreadable;
  }
  if (body?.error) {
    const { code, err_code: errCode, description } = body.error;
    return {
      error: { code: numberOr0(code), errCode: numberOr0(errCode), description: String(description) },
    };
  }
  if (typeof body?.stream !== 'string' || typeof body.seq !== 'number') return unreadable;
  return { stream: body.stream, sequence: body.seq, duplicate: body.duplicate === true };
};
