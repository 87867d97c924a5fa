import { Ids } from './ids.ts';

const text = (id: Uint8Array): string => Buffer.from(id).toString();

describe('the ids of events', () => {
  it('are random UUIDs of version 4, each another', () => {
    const ids = new Ids();
    const given = Array.from({ length: 5_000 }, () => text(ids.random()));
    for (const id of given) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(new Set(given).size).toBe(given.length);
    const digits = given.join('').replaceAll('-', '');
    for (const digit of '0123456789abcdef') {
      expect(digits.split(digit).length - 1).toBeGreaterThan(digits.length / 24);
    }
  });

  it('are those that were made elsewhere, one after the other', () => {
    const ids = new Ids();
    const own = crypto.randomUUID().toUpperCase();
    ids.random();
    expect(text(ids.of(own))).toBe(own);
    expect(text(ids.random())).toContain('-4');
  });
});
