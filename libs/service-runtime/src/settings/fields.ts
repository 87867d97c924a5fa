import { field, split, type Field } from './field.ts';

interface Range {
  min?: number;
  max?: number;
}

function wholeNumber(what: string, { min = 0, max = Number.MAX_SAFE_INTEGER }: Range): Field<number> {
  const upTo = max === Number.MAX_SAFE_INTEGER ? ` of at least ${min}` : ` from ${min} to ${max}`;
  return field((raw) => {
    const value = /^-?(0|[1-9][0-9]*)$/.test(raw) ? Number(raw) : NaN;
    return value >= min && value <= max ? { value } : { expected: what + upTo, shown: raw };
  });
}

/** A decimal integer and nothing else: `1e3`, `0x10`, `5 ` and `05` are mistakes. At least 0 unless told. */
export const integer = (range: Range = {}): Field<number> => wholeNumber('an integer', range);

/** A whole number of seconds. */
export const seconds = (range: Range = {}): Field<number> => wholeNumber('a whole number of seconds', range);

/** A whole number of milliseconds. */
export const milliseconds = (range: Range = {}): Field<number> =>
  wholeNumber('a whole number of milliseconds', range);

/** A TCP port; 0 asks for any free one. */
export const port = (): Field<number> => wholeNumber('a port', { min: 0, max: 65_535 });

export const text = (): Field<string> => field((raw) => ({ value: raw }));

export const flag = (): Field<boolean> =>
  field((raw) => {
    if (raw === 'true' || raw === '1') return { value: true };
    if (raw === 'false' || raw === '0') return { value: false };
    return { expected: 'true or false', shown: raw };
  });

export const oneOf = <const T extends string>(...allowed: readonly T[]): Field<T> =>
  field((raw) => {
    const value = allowed.find((each) => each === raw);
    return value === undefined ? { expected: `one of ${allowed.join(', ')}`, shown: raw } : { value };
  });

/** A URL with one of these schemes, given as written. A wrong one is not shown: it may hold a password. */
export const url = (...schemes: readonly string[]): Field<string> =>
  field((raw) => (isUrl(raw, schemes) ? { value: raw } : { expected: urlExpected(schemes) }));

/** Several URLs, separated by commas. */
export const urls = (...schemes: readonly string[]): Field<string[]> =>
  field((raw) => {
    const value = split(raw);
    return value.length > 0 && value.every((each) => isUrl(each, schemes))
      ? { value }
      : { expected: `${urlExpected(schemes)}, or several separated by commas` };
  });

/** Texts separated by commas; blanks around them and empty ones are dropped. */
export const list = (): Field<string[]> => field((raw) => ({ value: split(raw) }));

/** `host:port` or `host`; several separated by commas. */
export const addresses = (): Field<string[]> =>
  field((raw) => {
    const value = split(raw);
    return value.length > 0 && value.every(isAddress)
      ? { value }
      : { expected: 'addresses separated by commas, like 10.0.0.1:26379 or redis.example:26379', shown: raw };
  });

/** `host:port`, `host` or a `nats:`, `tls:`, `ws:`, `wss:` URL; several separated by commas. */
export const natsServers = (): Field<string[]> =>
  field((raw) => {
    const value = split(raw);
    return value.length > 0 && value.every(isNatsServer)
      ? { value }
      : { expected: 'NATS servers separated by commas, like nats://127.0.0.1:4222 or nats.example:4222' };
  });

function isNatsServer(server: string): boolean {
  const address = server.includes('://') ? server : `nats://${server}`;
  return isUrl(address, ['nats', 'tls', 'ws', 'wss']) && !/^[^:]+:\/\/[^:@/]+@/.test(address);
}

function isAddress(address: string): boolean {
  return /^[^\s/@:[\]]+(:\d+)?$/.test(address) && isUrl(`redis://${address}`, ['redis']);
}

function isUrl(raw: string, schemes: readonly string[]): boolean {
  if (!URL.canParse(raw)) return false;
  const { hostname, protocol } = new URL(raw);
  return hostname !== '' && schemes.includes(protocol.slice(0, -1));
}

function urlExpected(schemes: readonly string[]): string {
  return `a URL that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')} and names a host`;
}
