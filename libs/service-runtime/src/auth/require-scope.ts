import type { RequestHandler } from 'express';
import { bearerTokenOf } from './bearer-token.ts';
import { insufficientScope, missingToken } from './token-error.ts';
import type { TokenVerifier } from './token-verifier.ts';

/** Lets requests with a valid token of this scope through; without a verifier everyone. */
export function requireScope(verifier: TokenVerifier | undefined, scope: string): RequestHandler {
  if (verifier === undefined) return (_request, _response, next) => next();
  return async (request, _response, next) => {
    const token = bearerTokenOf(request.get('Authorization'));
    if (token === undefined) throw missingToken();
    const { scopes } = await verifier.verify(token);
    if (!scopes.has(scope)) throw insufficientScope(scope);
    next();
  };
}
