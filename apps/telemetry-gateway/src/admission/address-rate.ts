import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';

export interface AddressRate {
  /** Counts one connection; 0 when it may come, else the seconds after which another may. */
  secondsToWait(address: string): Promise<number>;
}

const windowSeconds = 60;

/** Connections an address may open a minute, whatever becomes of them; 0 = as many as it likes. */
export function createAddressRate(perMinute: number): AddressRate {
  if (perMinute === 0) return { secondsToWait: () => Promise.resolve(0) };
  const limiter = new RateLimiterMemory({ points: perMinute, duration: windowSeconds });
  return {
    async secondsToWait(address) {
      try {
        await limiter.consume(address);
        return 0;
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        return Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      }
    },
  };
}
