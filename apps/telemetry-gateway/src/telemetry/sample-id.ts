import { hash } from 'node:crypto';

import { uuidOfHash } from '../uuid-of-hash.ts';

/** The namespace of the ids of samples: drawn once, and the same for every gateway for ever. */
const namespace = Buffer.from('5b6f0d0c7f9a5e0fa3c49c2f6f0f1d27', 'hex');
const maxDigits = 16;

/**
 * The event id of a sample: UUIDv5 (RFC 9562) of its number within `scope`, so that a sample sent again, through
 * whichever instance, is the same event.
 *
 * @param scope `robot/session`, or the connection's id for a robot that names no session
 */
export const createSampleIds = (scope: string): ((seq: number) => string) => {
  const prefix = Buffer.concat([namespace, Buffer.from(`${scope}/`)]);
  const name = Buffer.concat([prefix, Buffer.alloc(maxDigits)]);
  return (seq) => {
    const digits = name.write(String(seq), prefix.length, 'latin1');
    return uuidOfHash(hash('sha1', name.subarray(0, prefix.length + digits), 'hex'));
  };
};
