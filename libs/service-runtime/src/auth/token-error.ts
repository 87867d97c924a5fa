import { ProblemError } from '../http/problem-error.ts';

/** Why a token does not open this door. Never holds the token. */
export class TokenError extends ProblemError {
  constructor(
    status: 401 | 403 | 503,
    detail: string,
    headers: Record<string, string>,
    options?: ErrorOptions,
  ) {
    super(status, detail, headers, options);
    this.name = 'TokenError';
  }
}

/** No token was sent (RFC 6750, 3.1: no error code then). */
export const missingToken = (): TokenError =>
  new TokenError(401, 'a bearer token is required', { 'WWW-Authenticate': 'Bearer' });

export const invalidToken = (detail: string, options?: ErrorOptions): TokenError =>
  new TokenError(401, detail, { 'WWW-Authenticate': 'Bearer error="invalid_token"' }, options);

export const insufficientScope = (scope: string): TokenError =>
  new TokenError(403, `the token lacks the scope ${scope}`, {
    'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"`,
  });

/** No signing keys are known, so nothing can be said about any token. */
export const keysUnavailable = (retryAfterSeconds: number, options?: ErrorOptions): TokenError =>
  new TokenError(
    503,
    'tokens cannot be verified at the moment',
    { 'Retry-After': String(retryAfterSeconds) },
    options,
  );
