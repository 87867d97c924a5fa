import { createSeldomLog } from './log-seldom.ts';

describe('a log of repeated troubles', () => {
  it('says each once, and after a while that it lasts', () => {
    const lines: object[] = [];
    const note = (fields: object, message: string) => lines.push({ message, ...fields });
    let now = 0;
    const log = createSeldomLog({ debug: note, info: note, warn: note, error: note }, 1_000, () => now);
    for (let i = 0; i < 3; i += 1) log('warn', 'a', { i }, 'trouble a');
    log('error', 'b', {}, 'trouble b');
    expect(lines).toEqual([{ message: 'trouble a', i: 0 }, { message: 'trouble b' }]);

    now = 1_000;
    log('warn', 'a', { i: 3 }, 'trouble a');
    expect(lines.at(-1)).toEqual({ message: 'trouble a', i: 3, repeated: 2 });
  });

  it('says that one is over, once, and of none that it did not say', () => {
    const said: string[] = [];
    const note = (_: object, message: string) => said.push(message);
    const log = createSeldomLog({ debug: note, info: note, warn: note, error: note }, 1_000, () => 0);
    log.over('a', {}, 'a is over');
    log('warn', 'a', {}, 'trouble a');
    log.over('a', {}, 'a is over');
    log('warn', 'a', {}, 'trouble a');
    log.over('a', {}, 'a is over');
    expect(said).toEqual(['trouble a', 'a is over']);
  });
});
