import { randomBytes } from 'node:crypto';

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
const randomLength = 6;

/** `ws_<robot id>_<unix seconds>_<6 random characters>`. */
export const createConnectionId = (robotId: string, nowMs: number): string => {
  let random = '';
  for (const byte of randomBytes(randomLength)) random += alphabet.charAt(byte % alphabet.length);
  return `ws_${robotId}_${Math.floor(nowMs / 1000)}_${random}`;
};
