import { isAllowedOrigin } from './origin.ts';

describe('isAllowedOrigin', () => {
  const host = 'fleet.example:8443';

  it('lets in what is no browser', () => {
    expect(isAllowedOrigin({ host }, [])).toBe(true);
    expect(isAllowedOrigin({ host }, ['https://app.example'])).toBe(true);
  });

  it.each<[string, string, string[], boolean]>([
    ['its own host', 'https://fleet.example:8443', [], true],
    ['another port of its own host', 'https://fleet.example', [], false],
    ['another host', 'https://evil.example', [], false],
    ['a host that only ends alike', 'https://evil-fleet.example:8443', [], false],
    ['no origin a browser would name', 'null', [], false],
    ['one on the list', 'https://app.example', ['https://app.example'], true],
    ['one on the list, written at length', 'https://app.example', ['https://APP.example:443/'], true],
    ['another scheme than the list says', 'http://app.example', ['https://app.example'], false],
    [
      'its own host when there is a list without it',
      'https://fleet.example:8443',
      ['https://app.example'],
      false,
    ],
    ['any when all may', 'https://evil.example', ['*'], true],
    ['any with an entry that is no origin', 'https://evil.example', ['evil.example'], false],
  ])('judges %s', (_what, origin, allowed, verdict) => {
    expect(isAllowedOrigin({ host, origin }, allowed)).toBe(verdict);
  });

  it('knows a default port for what it is', () => {
    expect(isAllowedOrigin({ host: 'fleet.example:443', origin: 'https://fleet.example' }, [])).toBe(true);
  });

  it('refuses an origin when the request names no host', () => {
    expect(isAllowedOrigin({ origin: 'https://fleet.example' }, [])).toBe(false);
  });
});
