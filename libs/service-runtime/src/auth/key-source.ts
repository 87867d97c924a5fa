import type { CryptoKey, FlattenedJWSInput, JWSHeaderParameters } from 'jose';

/**
 * Finds the key a token says it is signed with. Rejects with jose's `JWKSNoMatchingKey` for a key that is not there,
 * and with a 503 `TokenError` when no keys are known at all.
 */
export type KeySource = (header: JWSHeaderParameters, token: FlattenedJWSInput) => Promise<CryptoKey>;

export interface KeyLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}
