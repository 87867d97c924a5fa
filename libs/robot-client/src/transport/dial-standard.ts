import { bearerProtocolPrefix, protocolName } from '@fleet/robot-protocol';

import type { Dial, Ending } from './dial.ts';

/** The part of the standard WebSocket this client needs. */
export interface StandardWebSocket {
  readonly bufferedAmount: number;
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(code?: number, reason?: string): void;
}

export type StandardWebSocketClass = new (url: string, protocols: string[]) => StandardWebSocket;

interface Closed {
  readonly code: number;
  readonly reason: string;
}

/**
 * Dials with a WebSocket of the standard, as browsers have it: the token goes as a second subprotocol, pings stay
 * hidden, and a refused upgrade looks like any other failure.
 */
export const dialStandard =
  (webSocket: StandardWebSocketClass): Dial =>
  ({ url, token, timeoutMs }, events) => {
    const bearer = token === undefined ? [] : [bearerProtocolPrefix + token];
    let ended = false;
    const end = (ending: Ending): void => {
      if (ended) return;
      ended = true;
      clearTimeout(timer);
      events.ended(ending);
    };
    const socket = new webSocket(url, [protocolName, ...bearer]);
    // A standard socket cannot be torn down: once given up, it is only told to close and not listened to any more.
    const giveUp = (reason: string): void => {
      socket.close();
      end({ code: 1006, reason });
    };
    const timer = setTimeout(() => giveUp('no answer to the upgrade'), timeoutMs);
    socket.onopen = () => {
      clearTimeout(timer);
      if (!ended) events.opened();
    };
    socket.onmessage = ({ data }: { data: unknown }) => {
      if (!ended && typeof data === 'string') events.frame(data);
    };
    socket.onerror = () => undefined;
    socket.onclose = ({ code, reason }: Closed) => end({ code, reason });
    return {
      seesPings: false,
      get bufferedBytes() {
        return socket.bufferedAmount;
      },
      send: (text) => socket.send(text),
      close: () => socket.close(1000),
      terminate: () => giveUp('given up'),
    };
  };
