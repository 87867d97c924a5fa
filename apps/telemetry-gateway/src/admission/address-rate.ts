import type { IncomingMessage } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { addressOf } from './address-of.ts';

export interface AddressRate {
  /** Counts one connection of the request's address; 0 when it may come, else the seconds after which another may. */
  secondsToWait(request: IncomingMessage): Promise<number>;
}

const windowSeconds = 60;

/** Connections an address may open a minute, whatever becomes of them; 0 = as many as it likes. */
export function createAddressRate(perMinute: number, trustedProxies: number): AddressRate {
  // The address is not even looked up then: for each socket that would be a call of the system.
  if (perMinute === 0) return { secondsToWait: () => Promise.resolve(0) };
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowSeconds });
  return {
    async secondsToWait(request) {
      try {
        await limiter.consume(addressOf(request, trustedProxies));
        return 0;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    },
  };
}
