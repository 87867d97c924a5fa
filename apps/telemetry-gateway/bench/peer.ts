import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import { mqttFrames, webSocketFrames, type Frames } from './frames.ts';

/** A sender of prebuilt messages that hears how many of them are confirmed. */
export interface Peer {
  readonly socket: Socket;
  /** Messages are sent in this order, again from the beginning when they are used up. */
  readonly frames: Frames;
  /** Reads what came; says up to which message, counted from 1, all is confirmed. */
  confirmed(chunk: Buffer): number | undefined;
}

export type Connect = (port: number, index: number) => Promise<Peer>;

/** @param count how many messages a robot may send: their numbers cannot be used twice */
export const webSocketPeers = (count: number): Connect => {
  const frames = webSocketFrames(count);
  return async (port, index) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    socket.write(
      `GET /ws/bench_${index}?session=${process.pid} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n` +
        'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    for (;;) {
      const [chunk] = (await once(socket, 'data')) as [Buffer];
      if (chunk.includes('"welcome"')) break;
    }
    const marker = Buffer.from('"ack","seq":');
    return {
      socket,
      frames,
      confirmed(chunk) {
        // Acknowledgements are cumulative: the last one in the chunk says it all. One cut in two is made up for by the next.
        const at = chunk.lastIndexOf(marker);
        if (at === -1) return undefined;
        const seq = Number.parseInt(
          chunk.toString('latin1', at + marker.length, at + marker.length + 16),
          10,
        );
        return chunk.indexOf('}', at) === -1 ? undefined : seq;
      },
    };
  };
};

const cleanSession = 2;

/** A packet with a body of up to 127 bytes. */
export const mqttPacket = (type: number, body: Buffer): Buffer =>
  Buffer.concat([Buffer.from([type, body.length]), body]);

/** A connection that the broker has accepted; its session ends with it unless it is lasting. */
export const connectMqtt = async (
  port: number,
  clientId: string,
  { isLasting = false }: { isLasting?: boolean } = {},
): Promise<Socket> => {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  const id = Buffer.from(clientId);
  const body = Buffer.concat([
    Buffer.from([0, 4]),
    Buffer.from('MQTT'),
    Buffer.from([4, isLasting ? 0 : cleanSession, 0, 60, 0, id.length]),
    id,
  ]);
  socket.write(mqttPacket(0x10, body));
  await once(socket, 'data');
  return socket;
};

const cycle = 32_768;

/** QoS 1: each PUBLISH is answered by a PUBACK. */
export const mqttPeers = (): Connect => async (port, index) => {
  const socket = await connectMqtt(port, `bench-${process.pid}-${index}`);
  let bytes = 0;
  return {
    socket,
    frames: mqttFrames(cycle, `bench/${index}`),
    confirmed(chunk) {
      bytes += chunk.length;
      return Math.floor(bytes / 4);
    },
  };
};
