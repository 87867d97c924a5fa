import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * Whom a connection is counted for: the socket's address, or behind proxies of ours the one that the outermost of
 * them saw. An IPv6 client owns its whole /64, so that is what counts.
 */
export function addressOf(
  request: Pick<IncomingMessage, 'headers'> & { socket: { remoteAddress?: string | undefined } },
  trustedProxies: number,
): string {
  const forwarded = request.headers['x-forwarded-for'];
  const hops = trustedProxies === 0 ? [] : [forwarded ?? []].flat().join(',').split(',');
  const seenByProxy = hops.at(-Math.min(trustedProxies, hops.length))?.trim();
  return networkOf(
    seenByProxy === undefined || seenByProxy === '' ? (request.socket.remoteAddress ?? '') : seenByProxy,
  );
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address.slice(0, 64);
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - after.length);
  const whole = [...groups, ...Array<string>(zeros).fill('0'), ...after];
  return `${whole.slice(0, 4).join(':')}::/64`;
}
