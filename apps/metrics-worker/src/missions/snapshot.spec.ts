import { compareIds, positionIn } from './snapshot.ts';

const facts = { length: 10, added: 10, lastId: '20-0', firstId: '11-0' };

describe('positionIn', () => {
  it('is absent without a stream', () => {
    expect(positionIn(null, { cursor: '20-0', read: 10 })).toBe('absent');
  });

  it('is caught up when the last entry was read', () => {
    expect(positionIn(facts, { cursor: '20-0', read: 10 })).toBe('caught_up');
  });

  it('is behind when something came', () => {
    expect(positionIn(facts, { cursor: '15-0', read: 5 })).toBe('behind');
    expect(positionIn(facts, { cursor: '0-0', read: 0 })).toBe('behind');
  });

  it('is behind when the stream was trimmed past the cursor', () => {
    expect(positionIn({ ...facts, length: 3, firstId: '18-0' }, { cursor: '15-0', read: 5 })).toBe('behind');
  });

  it.each([
    ['has got fewer entries than were read', { cursor: '15-0', read: 11 }],
    ['ends before the cursor', { cursor: '21-0', read: 10 }],
    ['begins after the cursor without having been trimmed', { cursor: '10-0', read: 5 }],
  ])('is another stream when it %s', (_, head) => {
    expect(positionIn(facts, head)).toBe('recreated');
  });
});

it('orders ids by time, then number', () => {
  expect(['10-1', '9-5', '10-0'].sort(compareIds)).toEqual(['9-5', '10-0', '10-1']);
});

it('orders ids that are too great for a number', () => {
  expect(compareIds('18446744073709551614-0', '18446744073709551615-0')).toBeLessThan(0);
  expect(compareIds('5-18446744073709551615', '5-18446744073709551614')).toBeGreaterThan(0);
});
