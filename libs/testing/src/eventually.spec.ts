import { eventually } from './eventually.ts';

describe('eventually', () => {
  it('gives the first value that counts', async () => {
    const values = [undefined, null, false, 0];
    await expect(eventually(() => values.shift())).resolves.toBe(0);
  });

  it('tries again after an error', async () => {
    let tries = 0;
    const look = () => {
      if (++tries < 3) throw new Error('not yet');
      return tries;
    };
    await expect(eventually(look)).resolves.toBe(3);
  });

  it('rejects when the time is over, naming what was awaited and the last error', async () => {
    const look = () => Promise.reject(new Error('still down'));
    await expect(eventually(look, { withinMs: 20, describe: 'the server' })).rejects.toThrow(
      'the server did not come about within 20 ms; at last it threw: still down',
    );
  });

  it('says what it saw when nothing was thrown', async () => {
    await expect(eventually(() => false, { withinMs: 1 })).rejects.toThrow('it gave false');
  });
});
