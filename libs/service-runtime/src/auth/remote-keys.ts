import { createLocalJWKSet, type JSONWebKeySet } from 'jose';
import type { KeyLog, KeySource } from './key-source.ts';
import { orAfterLook } from './or-after-look.ts';
import { keysUnavailable } from './token-error.ts';

export interface RemoteKeysOptions {
  url: string;
  log: KeyLog;
  /** The least time between two fetches, whatever tokens arrive. Default 30 s; a third of it after a failure. */
  cooldownMs?: number;
  /** Keys older than this are fetched again behind the back of the tokens that use them. Default 10 min. */
  maxAgeMs?: number;
  now?: () => number;
}

const fetchTimeoutMs = 5000;

/**
 * Keys from a JWKS address. A key nobody knows makes it look again (rotation), at most once a cooldown, so that
 * made-up key ids cannot drive it. While the address does not answer, the keys last seen go on working.
 */
export function createRemoteKeys(options: RemoteKeysOptions): KeySource {
  const { url, log, cooldownMs = 30_000, maxAgeMs = 600_000, now = Date.now } = options;
  let keys: KeySource | undefined;
  let fetchedAt = -Infinity;
  let nextFetchAt = -Infinity;
  let fetching: Promise<void> | undefined;
  let failing = false;

  async function fetchKeys(): Promise<void> {
    try {
      const response = await fetch(url, {
        headers: { accept: 'application/jwk-set+json, application/json' },
        redirect: 'error',
        signal: AbortSignal.timeout(fetchTimeoutMs),
      });
      if (response.status !== 200) throw new Error(`expected status 200, got ${response.status}`);
      keys = createLocalJWKSet((await response.json()) as JSONWebKeySet);
      fetchedAt = now();
      nextFetchAt = fetchedAt + cooldownMs;
      if (failing) log.info({}, 'token keys are available again');
      failing = false;
    } catch (error) {
      nextFetchAt = now() + cooldownMs / 3;
      if (!failing) log.warn({ err: error, known: keys !== undefined }, 'token keys cannot be fetched');
      failing = true;
    }
  }

  /** One fetch serves everyone who waits. Resolves without one during the cooldown. Never rejects. */
  async function refresh(): Promise<void> {
    if (fetching === undefined && now() < nextFetchAt) return;
    fetching ??= fetchKeys().finally(() => {
      fetching = undefined;
    });
    await fetching;
  }

  const find: KeySource = (header, token) => {
    if (keys) return keys(header, token);
    throw keysUnavailable(Math.max(1, Math.ceil((nextFetchAt - now()) / 1000)));
  };

  void refresh();
  const findOrRefresh = orAfterLook(find, refresh);
  return async (header, token) => {
    if (keys === undefined) await refresh();
    else if (now() - fetchedAt > maxAgeMs) void refresh();
    return findOrRefresh(header, token);
  };
}
