import { randomUUID } from 'node:crypto';

const randomLength = 6;
const base = 36;

/** The last digits of a version 4 UUID are all random, and drawn ahead for many. */
const randomText = (): string =>
  Number.parseInt(randomUUID().slice(-12), 16)
    .toString(base)
    .padStart(randomLength, '0')
    .slice(-randomLength);

/** `ws_<robot id>_<unix seconds>_<6 random characters>`; joined, since a template would keep its pieces. */
export const createConnectionId = (robotId: string, nowMs: number): string =>
  ['ws', robotId, Math.floor(nowMs / 1000), randomText()].join('_');
