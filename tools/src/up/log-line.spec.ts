import { createLogView } from './log-line.ts';

describe('createLogView', () => {
  const worthShowing = (line: string) => createLogView()(line);

  it('shows a warning with its reason', () => {
    const line = JSON.stringify({ level: 'warn', msg: 'redis is away', err: { message: 'ECONNREFUSED' } });
    expect(worthShowing(line)).toBe('redis is away: ECONNREFUSED');
  });

  it('keeps the life of a service to its log file', () => {
    expect(worthShowing(JSON.stringify({ level: 'info', msg: 'service started' }))).toBeUndefined();
  });

  it('shows what is no log line', () => {
    expect(worthShowing('SyntaxError: Unexpected token')).toBe('SyntaxError: Unexpected token');
    expect(worthShowing('"text"')).toBe('"text"');
  });

  it('shows no empty lines', () => {
    expect(worthShowing('  ')).toBeUndefined();
  });

  it('shows that what was warned of is over, once', () => {
    const view = createLogView();
    const say = (level: string, msg: string, redis?: string) => view(JSON.stringify({ level, msg, redis }));
    expect(say('info', 'event stream connected')).toBeUndefined();
    say('warn', 'event stream disconnected');
    say('warn', 'redis is away', 'reading');
    expect(say('info', 'redis is ready', 'writing')).toBeUndefined();
    expect(say('info', 'redis is ready', 'reading')).toBe('redis is ready');
    expect(say('info', 'event stream connected again')).toBe('event stream connected again');
    expect(say('info', 'event stream connected again')).toBeUndefined();
  });

  it('shows the end of each stream’s trouble', () => {
    const view = createLogView();
    const say = (level: string, stream: string, msg: string) => view(JSON.stringify({ level, stream, msg }));
    for (const stream of ['A', 'B']) say('warn', stream, 'stream takes nothing, trying on');
    expect(say('info', 'B', 'stream takes events again')).toBe('stream takes events again');
    expect(say('info', 'B', 'stream takes events again')).toBeUndefined();
    expect(say('info', 'A', 'stream takes events again')).toBe('stream takes events again');
  });
});
