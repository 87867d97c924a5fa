import { setTimeout as lasts } from 'node:timers/promises';

import { eventually, type Server } from '@fleet/testing';

import type { Gateways } from './gateways.ts';

/** One thing that goes wrong, and how it is mended. */
export interface Fault {
  readonly name: string;
  readonly lastsMs: number;
  begin(): Promise<void> | void;
  end(): Promise<void> | void;
}

/** A freeze is longer than it takes to be noticed: pings of the gateways to NATS and Redis, of robots and gateways to each other. */
const freezeMs = 4000;
const outageMs = 1500;

/** Every server and both gateways, killed, frozen and brought back, and two of them at a time. */
export const allFaults = (nats: Server, redis: Server, gateways: Gateways): readonly Fault[] => [
  {
    name: 'a gateway is killed',
    lastsMs: outageMs,
    begin: () => gateways.kill(0),
    end: () => gateways.start(0),
  },
  { name: 'NATS is killed', lastsMs: outageMs, begin: () => nats.kill(), end: () => nats.start() },
  {
    name: 'a gateway is frozen',
    lastsMs: freezeMs,
    begin: () => gateways.freeze(1),
    end: () => gateways.thaw(1),
  },
  { name: 'Redis is killed', lastsMs: outageMs, begin: () => redis.kill(), end: () => redis.start() },
  { name: 'NATS is frozen', lastsMs: freezeMs, begin: () => nats.pause(), end: () => nats.resume() },
  { name: 'Redis is frozen', lastsMs: freezeMs, begin: () => redis.pause(), end: () => redis.resume() },
  {
    name: 'a gateway is killed while NATS and Redis are gone',
    lastsMs: outageMs,
    async begin() {
      await Promise.all([nats.kill(), redis.kill()]);
      await gateways.kill(1);
    },
    async end() {
      await Promise.all([nats.start(), redis.start()]);
      await gateways.start(1);
    },
  },
];

/** Every fault in turn, each once at least, and on until the time is up; after each one confirmations have to come again. */
export const wreak = async (
  faults: readonly Fault[],
  options: { untilMs: number; confirmed: () => number; tell?: (text: string) => void },
): Promise<void> => {
  for (let turn = 0; turn < faults.length || Date.now() < options.untilMs; turn += 1) {
    const fault = faults[turn % faults.length];
    if (fault === undefined) return;
    options.tell?.(`${fault.name}, ${options.confirmed()} confirmed`);
    await fault.begin();
    try {
      await lasts(fault.lastsMs);
    } finally {
      await fault.end();
    }
    const before = options.confirmed();
    await eventually(() => options.confirmed() > before, {
      withinMs: 60_000,
      describe: `something is confirmed after ${fault.name}`,
    });
  }
};
