import { SignJWT, type JWK } from 'jose';

/** Who may do what, and for how long. */
export interface TokenClaims {
  /** A robot's id, or a reader's name. */
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly issuer: string;
  readonly audience: string;
  readonly ttlSeconds: number;
}

/** What a robot needs to connect, what a reader needs to ask, and what it takes to start a job. */
export const robotScope = 'robot:connect';
export const readerScope = 'telemetry:read';
export const jobsScope = 'jobs:run';

export const signToken = (
  { subject, scopes, issuer, audience, ttlSeconds }: TokenClaims,
  key: JWK,
): Promise<string> => {
  const nowSeconds = Math.floor(Date.now() / 1000);
  return new SignJWT({ scope: scopes.join(' ') })
    .setProtectedHeader({ alg: key.alg ?? '', ...(key.kid !== undefined && { kid: key.kid }) })
    .setSubject(subject)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(nowSeconds)
    .setExpirationTime(nowSeconds + ttlSeconds)
    .sign(key);
};
