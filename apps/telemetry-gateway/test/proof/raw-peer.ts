import { connect, type Socket } from 'node:net';

import { eventually } from '@fleet/testing';

const endOfHead = '\r\n\r\n';

/** A peer that writes whatever bytes it likes, without any client library in the way. */
export class RawPeer {
  readonly socket: Socket;
  /** Resolves when the connection is over. */
  readonly ended: Promise<void>;
  #received = Buffer.alloc(0);

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('data', (chunk: Buffer) => (this.#received = Buffer.concat([this.#received, chunk])));
    this.socket.on('error', () => undefined);
    this.ended = new Promise((resolve) => this.socket.on('close', () => resolve()));
  }

  /** A proper upgrade, up to the welcome; says whether compression was agreed. */
  async upgrade(robotId: string, options: { deflate?: boolean } = {}): Promise<boolean> {
    const extension = options.deflate === true ? 'Sec-WebSocket-Extensions: permessage-deflate\r\n' : '';
    this.socket.write(
      `GET /ws/${robotId} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${extension}` +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    await eventually(
      () => this.#received.includes(endOfHead) && this.#frames().some(({ opcode }) => opcode <= 2),
      { describe: `${robotId} is welcomed` },
    );
    return this.#received.subarray(0, this.#received.indexOf(endOfHead)).includes('permessage-deflate');
  }

  /** The close code that the gateway sent; nothing when it sent none. */
  get closeCode(): number | undefined {
    const close = this.#frames().find(({ opcode }) => opcode === 8);
    return close === undefined || close.payload.length < 2 ? undefined : close.payload.readUInt16BE(0);
  }

  /** Frames of a server are never masked, and these are all short. */
  #frames(): { opcode: number; payload: Buffer }[] {
    const bytes = this.#received;
    const frames: { opcode: number; payload: Buffer }[] = [];
    let at = bytes.indexOf(endOfHead) + endOfHead.length;
    while (at + 4 <= bytes.length) {
      const short = bytes.readUInt8(at + 1) & 0x7f;
      const from = at + (short === 126 ? 4 : 2);
      const end = from + (short === 126 ? bytes.readUInt16BE(at + 2) : short);
      if (end > bytes.length) break;
      frames.push({ opcode: bytes.readUInt8(at) & 0x0f, payload: bytes.subarray(from, end) });
      at = end;
    }
    return frames;
  }
}

/** A frame with this first byte, masked with zeros so that the payload stays as it is. */
export const frame = (first: number, payload: Buffer, masked = true): Buffer => {
  const mask = masked ? 0x80 : 0;
  const { length } = payload;
  const wide = Buffer.alloc(8);
  wide.writeBigUInt64BE(BigInt(length));
  const size =
    length < 126
      ? Buffer.from([mask | length])
      : length < 65_536
        ? Buffer.from([mask | 126, length >> 8, length & 0xff])
        : Buffer.concat([Buffer.from([mask | 127]), wide]);
  return Buffer.concat([Buffer.from([first]), size, Buffer.alloc(masked ? 4 : 0), payload]);
};
