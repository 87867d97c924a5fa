import { errors } from 'jose';
import type { KeySource } from './key-source.ts';

/** Looks for a key once more, after a look at where keys come from, when there is none of its id: it may be new. */
export const orAfterLook = (find: KeySource, look: () => Promise<void>): KeySource => {
  return async (header, token) => {
    try {
      return await find(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await look();
      return find(header, token);
    }
  };
};
