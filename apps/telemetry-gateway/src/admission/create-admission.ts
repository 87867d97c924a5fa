import type { IncomingMessage } from 'node:http';
import { ProblemError, TokenError, type TokenVerifier } from '@fleet/service-runtime';
import type { Admission, Admitted, RefusalReason, Refused } from './admission.ts';
import type { AdmissionSettings } from './admission-settings.ts';
import { createAddressRate } from './address-rate.ts';
import { checkCredential, type Credential } from './check-credential.ts';
import { isAllowedOrigin } from './origin.ts';
import { readSubprotocols } from './subprotocols.ts';
import { createTurns } from './turns.ts';

export interface AdmissionOptions {
  settings: Pick<
    AdmissionSettings,
    | 'MAX_CONNECTIONS'
    | 'CONNECTIONS_PER_ADDRESS_PER_MINUTE'
    | 'TRUSTED_PROXIES'
    | 'ALLOWED_ORIGINS'
    | 'TLS_CLIENT_CA_FILE'
  >;
  /** Absent: tokens are not asked for. */
  verifier: TokenVerifier | undefined;
  /** Robots connected to this instance now. */
  connections: () => number;
  isDraining: () => boolean;
}

/** Those who come faster than this are let in together, and so wait for it at most. */
const turnMs = 25;

/** The checks of an upgrade, the cheap ones first: what costs a signature is asked last. */
export function createAdmission(options: AdmissionOptions): Admission {
  const { settings, connections, isDraining } = options;
  const addressRate = createAddressRate(
    settings.CONNECTIONS_PER_ADDRESS_PER_MINUTE,
    settings.TRUSTED_PROXIES,
  );
  const mutualTls = settings.TLS_CLIENT_CA_FILE !== undefined;
  const endOfTurn = createTurns(turnMs);
  let pending = 0;

  async function judge(request: IncomingMessage, robotId: string): Promise<Admitted | Refused> {
    if (isDraining()) return draining();
    const waitSeconds = await addressRate.secondsToWait(request);
    if (waitSeconds > 0) {
      const headers = { 'Retry-After': String(waitSeconds) };
      return refused('address_rate', 429, 'too many connections from this address', headers);
    }
    if (connections() + pending > settings.MAX_CONNECTIONS) {
      return refused('capacity', 503, 'this gateway holds all the connections it may', retryAfter(5, 15));
    }
    if (!isAllowedOrigin(request.headers, settings.ALLOWED_ORIGINS)) {
      return refused('origin', 403, 'pages of this origin may not connect');
    }
    const subprotocols = readSubprotocols(request.headers['sec-websocket-protocol']);
    if (!subprotocols.supported) {
      return refused('subprotocol', 400, 'none of the subprotocols is supported, offer fleet.v1');
    }
    const credential = await checkCredential(request, robotId, {
      token: subprotocols.token,
      verifier: options.verifier,
      mutualTls,
    });
    return admitted(credential, subprotocols.answer);
  }

  return {
    async admit(request, robotId) {
      // Those still being judged hold a place: a storm must not pass the limit while signatures are checked.
      pending += 1;
      try {
        const verdict = await judge(request, robotId);
        // Signatures are checked one by one, but a fleet that comes all at once asks Redis and the stream all at once.
        await endOfTurn();
        // A shutdown that began meanwhile has counted whom it sends away.
        return isDraining() ? draining() : verdict;
      } catch (error) {
        return refusalOf(error);
      } finally {
        pending -= 1;
      }
    },
  };
}

function admitted(credential: Credential | undefined, subprotocol: 'fleet.v1' | undefined): Admitted {
  return {
    admitted: true,
    ...(subprotocol === undefined ? {} : { subprotocol }),
    ...(credential === undefined ? {} : { expiresAtMs: credential.expiresAtMs }),
  };
}

const draining = (): Refused => refused('draining', 503, 'this gateway is shutting down', retryAfter(1, 3));

function refused(
  reason: RefusalReason,
  status: number,
  detail: string,
  headers: Record<string, string> = {},
): Refused {
  return { admitted: false, reason, problem: new ProblemError(status, detail, headers) };
}

function refusalOf(error: unknown): Refused {
  if (!(error instanceof TokenError)) return refused('keys_unavailable', 503, 'try again', retryAfter(5, 15));
  const reason = { 401: 'unauthenticated', 403: 'forbidden' } as const;
  return {
    admitted: false,
    reason: error.status === 401 || error.status === 403 ? reason[error.status] : 'keys_unavailable',
    problem: error,
  };
}

/** Seconds, drawn anew for each, so that those turned away do not return together. */
function retryAfter(least: number, most: number): Record<string, string> {
  return { 'Retry-After': String(least + Math.floor(Math.random() * (most - least + 1))) };
}
