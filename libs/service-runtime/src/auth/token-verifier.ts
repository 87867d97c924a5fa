import { errors, jwtVerify, type JWTPayload } from 'jose';
import type { AuthSettings } from './auth-settings.ts';
import { createFileKeys } from './file-keys.ts';
import type { KeyLog, KeySource } from './key-source.ts';
import { createRemoteKeys } from './remote-keys.ts';
import { invalidToken, TokenError } from './token-error.ts';

/** Who a verified token speaks for, and until when. */
export interface Identity {
  sub: string | undefined;
  scopes: ReadonlySet<string>;
  expiresAtMs: number;
}

export interface TokenVerifier {
  /** Rejects with a {@link TokenError}, never with anything else. */
  verify(token: string): Promise<Identity>;
}

export interface TokenRules {
  keys: KeySource;
  issuer: string;
  audience: string;
}

/** Asymmetric only: with a shared-secret algorithm a public key would sign tokens. */
const algorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'];
const leewaySeconds = 60;

/** `undefined` with `AUTH_MODE=none`: everyone may do everything. */
export function tokenVerifierOf(settings: AuthSettings, log: KeyLog): TokenVerifier | undefined {
  if (settings.AUTH_MODE === 'none') return undefined;
  const { JWT_JWKS_URL: url, JWT_JWKS_FILE: file, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = settings;
  if (issuer === undefined || audience === undefined || (url ?? file) === undefined) {
    throw new Error('AUTH_MODE=jwt needs JWT_JWKS_URL or JWT_JWKS_FILE, JWT_ISSUER and JWT_AUDIENCE');
  }
  const keys = url === undefined ? createFileKeys(file ?? '', log) : createRemoteKeys({ url, log });
  return createTokenVerifier({ keys, issuer, audience });
}

/** Verifies JSON Web Tokens (RFC 7519, with the advice of RFC 8725) that carry an expiry. */
export function createTokenVerifier({ keys, issuer, audience }: TokenRules): TokenVerifier {
  return {
    async verify(token) {
      try {
        const { payload } = await jwtVerify(token, keys, {
          algorithms,
          issuer,
          audience,
          clockTolerance: leewaySeconds,
          requiredClaims: ['exp'],
        });
        return { sub: payload.sub, scopes: scopesOf(payload), expiresAtMs: (payload.exp ?? 0) * 1000 };
      } catch (error) {
        throw error instanceof TokenError ? error : invalidToken(reasonOf(error));
      }
    },
  };
}

function scopesOf({ scope, scp }: JWTPayload): ReadonlySet<string> {
  const scopes = new Set<string>();
  for (const claim of [scope, scp]) {
    const words: unknown[] = typeof claim === 'string' ? claim.split(' ') : Array.isArray(claim) ? claim : [];
    for (const word of words) if (typeof word === 'string' && word !== '') scopes.add(word);
  }
  return scopes;
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the token's ${error.claim} is not accepted`;
  if (error instanceof errors.JOSEAlgNotAllowed) return "the token's algorithm is not accepted";
  if (error instanceof errors.JWKSNoMatchingKey) return 'the token is signed with an unknown key';
  return 'the token cannot be verified';
}
