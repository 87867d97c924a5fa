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
const freezeMs = 3000;
const outageMs = 1500;

/**
 * Every server and both gateways, killed, frozen and brought back. `saved` is waited for after Redis was gone: a
 * gateway that is killed before it could save the numbers it confirmed meanwhile takes them along, though not the samples.
 */
export const allFaults = (
  { nats, redis, gateways }: { nats: Server; redis: Server; gateways: Gateways },
  saved: () => Promise<void>,
): readonly Fault[] => [
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
  {
    name: 'Redis is killed',
    lastsMs: outageMs,
    begin: () => redis.kill(),
    end: () => redis.start().then(saved),
  },
  { name: 'NATS is frozen', lastsMs: freezeMs, begin: () => nats.pause(), end: () => nats.resume() },
  {
    name: 'Redis is frozen',
    lastsMs: freezeMs,
    begin: () => redis.pause(),
    end: () => redis.resume().then(saved),
  },
  {
    name: 'a gateway is killed while NATS is gone',
    lastsMs: outageMs,
    async begin() {
      await nats.kill();
      await gateways.kill(1);
    },
    async end() {
      await Promise.all([nats.start(), gateways.start(1)]);
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
