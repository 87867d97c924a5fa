import { Listeners } from './listeners.ts';

describe('listeners', () => {
  it('do not suffer from each other, and a throw becomes a warning', () => {
    const listeners = new Listeners();
    const heard: unknown[] = [];
    listeners.on('dropped', () => {
      throw new Error('clumsy');
    });
    listeners.on('dropped', (event) => heard.push(event.seq));
    listeners.on('warning', ({ error }) => heard.push(error.message));
    listeners.emit('dropped', { seq: 7 });
    expect(heard).toEqual(['clumsy', 7]);
  });

  it('do not go round in circles when one of warnings throws', () => {
    const listeners = new Listeners();
    listeners.on('warning', () => {
      throw new Error('clumsy');
    });
    expect(() => listeners.emit('warning', { error: new Error('first') })).not.toThrow();
  });

  it('hear nothing any more once they are off', () => {
    const listeners = new Listeners();
    const heard: number[] = [];
    const listener = ({ seq }: { seq: number }): unknown => heard.push(seq);
    listeners.on('dropped', listener);
    listeners.off('dropped', listener);
    listeners.emit('dropped', { seq: 1 });
    expect(heard).toEqual([]);
  });
});
