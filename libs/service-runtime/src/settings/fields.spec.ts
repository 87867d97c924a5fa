import { z } from 'zod';
import { flag, integer, list, natsServers, oneOf, port, text, url, urls } from './fields.ts';

function read(field: z.ZodType, raw: string | undefined): unknown {
  const result = field.safeParse(raw);
  return result.success ? result.data : result.error.issues.map(({ message }) => message).join('; ');
}

describe('integer', () => {
  it.each(['0', '5', '9007199254740991'])('reads %j', (raw) => {
    expect(read(integer(), raw)).toBe(Number(raw));
  });

  it.each(['1e3', '0x10', '5 ', ' 5', '05', '5.0', '+5', '-1', '', 'five', '9007199254740993', 'Infinity'])(
    'refuses %j and shows it',
    (raw) => {
      expect(read(integer(), raw)).toBe(`expected an integer of at least 0, got ${JSON.stringify(raw)}`);
    },
  );

  it('holds to its range', () => {
    expect(read(integer({ min: -2, max: 2 }), '-2')).toBe(-2);
    expect(read(integer({ min: -2, max: 2 }), '3')).toBe('expected an integer from -2 to 2, got "3"');
  });

  it('is required without a default', () => {
    expect(read(integer(), undefined)).toBe('is required');
    expect(read(integer().default(7), undefined)).toBe(7);
    expect(read(integer().optional(), undefined)).toBeUndefined();
  });
});

describe('the other fields', () => {
  it('read ports', () => {
    expect(read(port(), '0')).toBe(0);
    expect(read(port(), '65536')).toBe('expected a port from 0 to 65535, got "65536"');
  });

  it('read flags', () => {
    expect(['true', '1', 'false', '0'].map((raw) => read(flag(), raw))).toEqual([true, true, false, false]);
    expect(read(flag(), 'yes')).toBe('expected true or false, got "yes"');
  });

  it('read one of several words', () => {
    expect(read(oneOf('none', 'jwt'), 'jwt')).toBe('jwt');
    expect(read(oneOf('none', 'jwt'), 'JWT')).toBe('expected one of none, jwt, got "JWT"');
  });

  it('read lists and drop blanks', () => {
    expect(read(list(), ' a, b ,,c')).toEqual(['a', 'b', 'c']);
    expect(read(text(), ' as it is ')).toBe(' as it is ');
  });

  it('read URLs of the schemes named, and never show a wrong one', () => {
    expect(read(url('https', 'http'), 'https://keys.example/jwks')).toBe('https://keys.example/jwks');
    const message = read(url('https'), 'ftp://user:hunter2@keys.example');
    expect(message).toBe('expected a URL that starts with https:// and names a host, the value is not shown');
    expect(read(urls('redis'), 'redis://a:7000, redis://b:7001')).toEqual([
      'redis://a:7000',
      'redis://b:7001',
    ]);
    expect(read(urls('redis'), ',')).toContain('expected a URL');
  });
});

describe('natsServers', () => {
  it.each([
    'localhost:4222',
    'nats',
    'nats://10.0.0.1:4222',
    'tls://n.example',
    'wss://n.example:443',
    'nats://a:b@n:1',
    '[::1]:4222',
  ])('reads %j', (raw) => {
    expect(read(natsServers(), raw)).toEqual([raw]);
  });

  it.each(['http://n:4222', 'nats://', 'n:port', 'n:99999', 'nats://only-a-token@n:4222', ' , '])(
    'refuses %j without showing it',
    (raw) => {
      const message = read(natsServers(), raw);
      expect(message).toContain('expected NATS servers separated by commas');
      expect(message).toContain('the value is not shown');
    },
  );

  it('reads several', () => {
    expect(read(natsServers(), 'nats://a:1, b:2')).toEqual(['nats://a:1', 'b:2']);
  });
});
