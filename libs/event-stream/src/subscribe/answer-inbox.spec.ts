import { getEventListeners } from 'node:events';

import type { Msg, PublishOptions, Subscription, SubscriptionOptions } from '@nats-io/nats-core';

import { AnswerInbox, type AskedConnection } from './answer-inbox.ts';

interface Sent {
  readonly body: string;
  readonly reply: string;
}

/** A connection that only notes what is asked, until it is told to answer. */
class FakeConnection implements AskedConnection {
  readonly sent: Sent[] = [];
  subscriptions = 0;
  #isClosed = false;
  #arrived: SubscriptionOptions['callback'];

  subscribe(_subject: string, options?: SubscriptionOptions): Subscription {
    this.subscriptions += 1;
    this.#arrived = options?.callback;
    const isClosed = () => this.#isClosed;
    return { isClosed, unsubscribe: () => (this.#isClosed = true) } as unknown as Subscription;
  }

  publish(_subject: string, body?: unknown, options?: PublishOptions): void {
    this.sent.push({ body: body as string, reply: options?.reply ?? '' });
  }

  isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  answer(index: number, text: string): void {
    const message = { subject: this.sent[index]?.reply, data: Buffer.from(text) };
    void this.#arrived?.(null, message as unknown as Msg);
  }
}

const timeoutMs = 5_000;
const question = (body: string) => ({ subject: 'asked', body });
const textOf = async (answer: Promise<Uint8Array>) => Buffer.from(await answer).toString();

describe('the inbox of answers', () => {
  let inbox: AnswerInbox;
  let nc: FakeConnection;

  beforeEach(() => {
    jest.useFakeTimers();
    inbox = new AnswerInbox(timeoutMs);
    nc = new FakeConnection();
    inbox.up(nc);
  });

  afterEach(() => {
    inbox.close(new Error('over'));
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('gives each its own answer, whatever their order, over one subscription', async () => {
    const answers = ['a', 'b', 'c'].map((body) => textOf(inbox.ask(question(body))));
    nc.answer(2, 'to c');
    nc.answer(0, 'to a');
    nc.answer(0, 'to a again');
    nc.answer(1, 'to b');
    expect(await Promise.all(answers)).toEqual(['to a', 'to b', 'to c']);
    expect(nc.subscriptions).toBe(1);
  });

  it('gives each up in its own time, with one timer for all', async () => {
    const first = expect(inbox.ask(question('a'))).rejects.toThrow('no answer on asked within 5000 ms');
    jest.advanceTimersByTime(3_000);
    let isOver = false;
    const second = inbox.ask(question('b')).catch(() => (isOver = true));
    expect(jest.getTimerCount()).toBe(1);
    await jest.advanceTimersByTimeAsync(2_000);
    await first;
    await jest.advanceTimersByTimeAsync(2_999);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    await second;
    expect(isOver).toBe(true);
    const third = textOf(inbox.ask(question('c')));
    nc.answer(2, 'to c');
    expect(await third).toBe('to c');
  });

  it('asks again what was open when the connection was lost, and nothing else', async () => {
    const [answered, open] = [inbox.ask(question('answered')), textOf(inbox.ask(question('open')))];
    nc.answer(0, 'yes');
    await answered;
    inbox.up(nc);
    expect(nc.sent.map(({ body }) => body)).toEqual(['answered', 'open', 'open']);
    expect(nc.subscriptions).toBe(1);
    nc.answer(2, 'to open');
    expect(await open).toBe('to open');
  });

  it('goes on with the connection that follows one that was closed for good', async () => {
    const before = textOf(inbox.ask(question('before')));
    nc.close();
    const between = textOf(inbox.ask(question('between')));
    expect(nc.sent).toHaveLength(1);
    const next = new FakeConnection();
    inbox.up(next);
    expect(next.subscriptions).toBe(1);
    next.answer(0, 'to before');
    next.answer(1, 'to between');
    expect(await Promise.all([before, between])).toEqual(['to before', 'to between']);
  });

  it('rejects with the reason of a signal, at once when it was aborted before', async () => {
    const ending = new AbortController();
    const asked = inbox.ask(question('a'), ending.signal);
    ending.abort(new Error('enough'));
    await expect(asked).rejects.toThrow('enough');
    await expect(inbox.ask(question('b'), ending.signal)).rejects.toThrow('enough');
    expect(nc.sent).toHaveLength(1);
  });

  it('hears a signal once, however much is asked with it', async () => {
    const ending = new AbortController();
    const asked = Array.from({ length: 20 }, (_, index) =>
      inbox.ask(question(String(index)), ending.signal).catch((error: unknown) => (error as Error).message),
    );
    expect(getEventListeners(ending.signal, 'abort')).toHaveLength(1);
    nc.answer(3, 'yes');
    ending.abort(new Error('enough'));
    const told = await Promise.all(asked);
    expect(told.filter((each) => each === 'enough')).toHaveLength(19);
  });

  it('rejects whoever asks where this user may not', async () => {
    const asked = inbox.ask(question('a'));
    const elsewhere = textOf(inbox.ask({ subject: 'elsewhere', body: 'b' }));
    inbox.forbidden('asked');
    await expect(asked).rejects.toThrow('may not publish on asked');
    nc.answer(1, 'to b');
    expect(await elsewhere).toBe('to b');
  });

  it('rejects whoever waits when it is closed, and whoever asks from then on', async () => {
    const asked = inbox.ask(question('a'));
    inbox.close(new Error('closed'));
    await expect(asked).rejects.toThrow('closed');
    await expect(inbox.ask(question('b'))).rejects.toThrow('closed');
    expect(nc.isClosed()).toBe(true);
  });
});
