import { protocolName } from '@fleet/robot-protocol';
import { WebSocket } from 'ws';

import type { Dial, Ending } from './dial.ts';
import { parseRetryAfter } from './retry-after.ts';

/** No message of a gateway comes near this. */
const maxPayload = 1024 * 1024;

/** Dials with `ws`, the WebSocket of Node: sees pings, refusals and their `Retry-After`, and sends the token as a header. */
export const dialWs: Dial = ({ url, token, timeoutMs }, events) => {
  let failure: Partial<Ending> = {};
  const socket = new WebSocket(url, protocolName, {
    handshakeTimeout: timeoutMs,
    perMessageDeflate: false,
    maxPayload,
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  socket.on('open', () => events.opened());
  // Without `fragments` and with its default type, `ws` gives every message as a Buffer.
  socket.on('message', (data: Buffer) => events.frame(data.toString()));
  socket.on('ping', () => events.alive());
  socket.on('error', (error) => {
    failure = { ...failure, error };
  });
  socket.on('unexpected-response', (request, response) => {
    failure = {
      refusedStatus: response.statusCode,
      retryAfterMs: parseRetryAfter(response.headers['retry-after'], Date.now()),
    };
    request.destroy();
    socket.terminate();
  });
  socket.once('close', (code, reason) => events.ended({ code, reason: reason.toString(), ...failure }));
  return {
    seesPings: true,
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send: (text) => socket.send(text),
    close: () => socket.close(1000),
    terminate: () => socket.terminate(),
  };
};
