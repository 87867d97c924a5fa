import { isUtf8 } from 'node:buffer';

import type { RawData } from 'ws';

const bufferOf = (data: RawData): Buffer => {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
};

/** The text of a frame; nothing for a binary frame that is not UTF-8. (Text frames were checked as they were read.) */
export const frameText = (data: RawData, isBinary: boolean): { text: string | undefined; bytes: number } => {
  const buffer = bufferOf(data);
  const isText = !isBinary || isUtf8(buffer);
  return { text: isText ? buffer.toString('utf8') : undefined, bytes: buffer.length };
};
