import { origins } from './origins.ts';

describe('origins', () => {
  it.each([
    'https://app.example',
    'http://localhost:5173',
    'https://APP.example:443/',
    'http://[::1]:80',
    '*',
  ])('reads %j', (raw) => {
    expect(origins().parse(raw)).toEqual([raw]);
  });

  it('reads several', () => {
    expect(origins().parse('https://a.example, https://b.example')).toEqual([
      'https://a.example',
      'https://b.example',
    ]);
  });

  it.each([
    'not a origin',
    'app.example',
    'app.example:8443',
    'https://',
    'https://app.example/page',
    'https://*.example',
    'https://user@app.example',
    'ftp://app.example',
    'https://app.example:99999',
    'https://a.example,b.example',
    ',',
  ])('refuses %j', (raw) => {
    expect(origins().safeParse(raw).error?.issues[0]?.message).toBe(
      `expected origins separated by commas, like https://app.example:8443, or *, got ${JSON.stringify(raw)}`,
    );
  });
});
