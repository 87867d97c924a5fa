import { deflateRawSync } from 'node:zlib';

import { frame } from './raw-peer.ts';

export interface Malformed {
  readonly what: string;
  readonly bytes: Buffer;
  /** The documented close code. */
  readonly code: number;
  /** Only with compression agreed. */
  readonly deflate?: true;
}

const text = Buffer.from('{"type":"telemetry","metrics":{"a":1}}');
const none = Buffer.alloc(0);
const fin = 0x80;
const rsv1 = 0x40;

const deflated = (content: Buffer): Buffer =>
  deflateRawSync(content, { finishFlush: 2 /* Z_SYNC_FLUSH */ }).subarray(0, -4);

/** RFC 6455 and RFC 7692, broken in every way that costs a gateway something. */
export const malformed: readonly Malformed[] = [
  ...[0x40, 0x20, 0x10, 0x70].map((rsv) => ({
    what: `the reserved bits 0x${rsv.toString(16)}`,
    bytes: frame(fin | rsv | 1, text),
    code: 1002,
  })),
  { what: 'no mask', bytes: frame(fin | 1, text, false), code: 1002 },
  { what: 'a continuation of nothing', bytes: frame(fin, text), code: 1002 },
  { what: 'a message within a message', bytes: Buffer.concat([frame(1, text), frame(1, text)]), code: 1002 },
  { what: 'an unknown opcode', bytes: frame(fin | 3, text), code: 1002 },
  { what: 'an unknown control opcode', bytes: frame(fin | 11, none), code: 1002 },
  { what: 'a fragmented ping', bytes: frame(9, none), code: 1002 },
  { what: 'a ping that is too long', bytes: frame(fin | 9, Buffer.alloc(126)), code: 1002 },
  { what: 'a close frame of one byte', bytes: frame(fin | 8, Buffer.from([3])), code: 1002 },
  { what: 'a close code that does not exist', bytes: frame(fin | 8, Buffer.from([0, 1])), code: 1002 },
  { what: 'text that is not UTF-8', bytes: frame(fin | 1, Buffer.from([0x22, 0xff, 0xfe])), code: 1007 },
  { what: 'a surrogate in UTF-8', bytes: frame(fin | 1, Buffer.from([0xed, 0xa0, 0x80])), code: 1007 },
  { what: 'text cut within a character', bytes: frame(fin | 1, Buffer.from([0x22, 0xe2, 0x82])), code: 1007 },
  { what: 'bytes that are not UTF-8', bytes: frame(fin | 2, Buffer.from([0x22, 0xff, 0xfe])), code: 1007 },
  { what: 'a message over the limit', bytes: frame(fin | 1, Buffer.alloc(65_537, 0x20)), code: 1009 },
  {
    what: 'the announcement of 2 GiB',
    bytes: Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0]),
    code: 1009,
  },
  {
    what: 'the announcement of more than can be',
    bytes: Buffer.from([0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
    code: 1009,
  },
  {
    what: 'fragments that are too long together',
    bytes: Buffer.concat([frame(1, Buffer.alloc(40_000, 0x20)), frame(fin, Buffer.alloc(40_000, 0x20))]),
    code: 1009,
  },
  {
    what: 'a flood of fragments',
    bytes: Buffer.concat([frame(1, text), ...Array<Buffer>(200_000).fill(frame(0, none))]),
    code: 1008,
  },
  {
    what: 'a deflate bomb',
    bytes: frame(fin | rsv1 | 1, deflated(Buffer.alloc(50_000_000, 0x20))),
    code: 1009,
    deflate: true,
  },
  {
    what: 'a deflate bomb that fits its frame',
    bytes: frame(fin | rsv1 | 1, deflated(Buffer.alloc(10_000_000, 0x20))),
    code: 1009,
    deflate: true,
  },
  {
    what: 'what does not inflate',
    bytes: frame(fin | rsv1 | 1, Buffer.from([0xff, 0xff, 0xff, 0xff])),
    code: 1007,
    deflate: true,
  },
];
