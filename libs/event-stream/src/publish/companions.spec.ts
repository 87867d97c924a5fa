import { getEventListeners } from 'node:events';

import { Companions } from './companions.ts';
import { MessageStore } from './message-store.ts';
import type { Message } from './message.ts';

const setUp = () => {
  const store = new MessageStore();
  const given: { id: string; reason: unknown }[] = [];
  const companions = new Companions<Message>((message, reason) => {
    given.push({ id: message.id, reason });
    store.release(message);
  });
  const make = (id: string): Message =>
    store.create({ subject: 's', id, text: '{}', delivery: 'acknowledged', at: 0 });
  return { store, given, companions, make };
};

describe('messages that share a signal', () => {
  it('are given up together, in their order, with its reason', () => {
    const { given, companions, make } = setUp();
    const abort = new AbortController();
    for (const id of ['1', '2', '3']) companions.add(make(id), abort.signal);
    abort.abort('gone');
    expect(given).toEqual(['1', '2', '3'].map((id) => ({ id, reason: 'gone' })));
  });

  it('are left alone once they are released, and by the signals of others', () => {
    const { store, given, companions, make } = setUp();
    const [one, other] = [new AbortController(), new AbortController()];
    const [settled, held] = [make('settled'), make('held')];
    companions.add(settled, one.signal);
    companions.add(held, one.signal);
    companions.add(make('of another'), other.signal);
    store.release(settled);
    one.abort();
    expect(given.map(({ id }) => id)).toEqual(['held']);
  });

  it('cost the signal one listener, however many they are', () => {
    const { store, companions, make } = setUp();
    const { signal } = new AbortController();
    for (let i = 0; i < 100; i += 1) {
      const message = make(String(i));
      companions.add(message, signal);
      if (i % 2 === 0) store.release(message);
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  });
});
