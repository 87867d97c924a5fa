import { connect } from 'node:net';

/**
 * The first bytes a server on 127.0.0.1 says after hearing `greeting`. A connection that opens proves nothing: a
 * container engine accepts connections on behalf of a server that is not yet there.
 */
export const firstReply = (port: number, greeting: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new Error(reason));
    };
    socket.setTimeout(2_000, () => fail('no reply within 2 s'));
    socket.on('connect', () => socket.write(greeting));
    socket.on('error', (error) => fail(error.message));
    socket.on('close', () => fail('closed without a reply'));
    socket.on('data', (reply) => {
      resolve(reply.toString());
      socket.destroy();
    });
  });
