import { worthShowing } from './log-line.ts';

describe('worthShowing', () => {
  it('shows a warning with its reason', () => {
    const line = JSON.stringify({ level: 'warn', msg: 'redis is away', err: { message: 'ECONNREFUSED' } });
    expect(worthShowing(line)).toBe('redis is away: ECONNREFUSED');
  });

  it('keeps the life of a service to its log file', () => {
    expect(worthShowing(JSON.stringify({ level: 'info', msg: 'service ready' }))).toBeUndefined();
  });

  it('shows what is no log line', () => {
    expect(worthShowing('SyntaxError: Unexpected token')).toBe('SyntaxError: Unexpected token');
    expect(worthShowing('"text"')).toBe('"text"');
  });

  it('shows no empty lines', () => {
    expect(worthShowing('  ')).toBeUndefined();
  });
});
