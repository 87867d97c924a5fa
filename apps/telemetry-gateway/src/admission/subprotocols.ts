import { bearerProtocolPrefix, protocolName } from '@fleet/robot-protocol';

export interface Subprotocols {
  /** False when protocols were offered and ours is not among them. */
  supported: boolean;
  answer: typeof protocolName | undefined;
  /** What a robot that cannot set headers sends as `bearer.<token>`. */
  token: string | undefined;
}

/** Reads `Sec-WebSocket-Protocol`. A robot that offers nothing is taken to speak ours. */
export function readSubprotocols(header: string | undefined): Subprotocols {
  const offered = (header ?? '').split(',').map((each) => each.trim());
  const speaks = offered.includes(protocolName);
  return {
    supported: header === undefined || speaks,
    answer: speaks ? protocolName : undefined,
    token: offered.find((each) => each.startsWith(bearerProtocolPrefix))?.slice(bearerProtocolPrefix.length),
  };
}
