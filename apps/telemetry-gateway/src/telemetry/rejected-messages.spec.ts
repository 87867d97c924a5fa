import { RejectedMessages, toRejectedPayload } from './rejected-messages.ts';

describe('rejected messages', () => {
  it('become events a few at once and then seldom', () => {
    const rejected = new RejectedMessages();
    const allowed = Array.from({ length: 100 }, () => rejected.allow(1_000_000));
    expect(allowed.filter(Boolean)).toHaveLength(5);
    expect(rejected.allow(1_005_000)).toBe(true);
    expect(rejected.allow(1_005_001)).toBe(false);
  });

  it('show at most a kibibyte of themselves, cut between characters', () => {
    const connection = { robotId: 'r', connectionId: 'c' };
    const { sample } = toRejectedPayload(connection, { code: 'x', detail: 'y' }, `a${'€'.repeat(1000)}`, 0);
    expect(Buffer.byteLength(sample ?? '')).toBeLessThanOrEqual(1024);
    expect(sample).toMatch(/^a€+$/);
  });
});
