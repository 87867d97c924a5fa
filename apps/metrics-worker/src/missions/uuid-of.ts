import { createHash } from 'node:crypto';

/** The namespace of this service's ids that follow from what they name. */
const namespace = Buffer.from('7b4f2c1e9d3a4a5e8f60c2b1d7e93a54', 'hex');

/** A UUID (RFC 9562, version 5) that is always the same for the same name. */
export const uuidOf = (name: string): string => {
  const hash = createHash('sha1').update(namespace).update(name).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString('hex', 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
};
