import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import {
  bearerTokenOf,
  insufficientScope,
  invalidToken,
  missingToken,
  TokenError,
  type TokenVerifier,
} from '@fleet/service-runtime';
import { robotIdsOf } from './certificate-ids.ts';

export interface Credential {
  expiresAtMs: number;
}

export interface CredentialRules {
  /** Came as a subprotocol; the `Authorization` header goes before it. */
  token: string | undefined;
  verifier: TokenVerifier | undefined;
  /** Whether a client's certificate opens the door. */
  mutualTls: boolean;
}

const robotScope = 'robot:connect';

/**
 * A certificate or a token in the robot's own name; rejects with a {@link TokenError}. `undefined` where the gateway
 * asks for neither.
 */
export async function checkCredential(
  request: IncomingMessage,
  robotId: string,
  { token: offered, verifier, mutualTls }: CredentialRules,
): Promise<Credential | undefined> {
  const certificate = mutualTls ? certificateOf(request, robotId) : undefined;
  if (certificate !== undefined) return certificate;
  if (verifier === undefined) {
    if (!mutualTls) return undefined;
    throw new TokenError(401, 'a client certificate is required', {});
  }
  const header = request.headers.authorization;
  const token = header === undefined ? offered : bearerTokenOf(header);
  if (token === undefined)
    throw header === undefined ? missingToken() : invalidToken('expected a bearer token');
  const { sub, scopes, expiresAtMs } = await verifier.verify(token);
  if (!scopes.has(robotScope)) throw insufficientScope(robotScope);
  if (sub !== robotId) throw otherRobot("the token's");
  return { expiresAtMs };
}

/** `undefined` when the client showed no certificate. */
function certificateOf({ socket }: IncomingMessage, robotId: string): Credential | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return undefined;
  if (!socket.authorized) throw new TokenError(401, 'the client certificate is not accepted', {});
  if (!robotIdsOf(certificate).includes(robotId)) throw otherRobot("the certificate's");
  return { expiresAtMs: Date.parse(certificate.validTo) };
}

function otherRobot(whose: string): TokenError {
  return new TokenError(403, `${whose} subject is another robot`, {});
}
