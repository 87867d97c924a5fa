import { parseOptions, UsageError } from './options.ts';

const parse = (...args: string[]) => parseOptions(args, '/home/ada');

describe('parseOptions', () => {
  it('simulates five robots and keeps nothing when nothing is said', () => {
    expect(parse()).toEqual({ robots: 5, replay: undefined, keepData: undefined, help: false });
  });

  it('plays a recording instead of simulating robots', () => {
    expect(parse('--replay', 'a.jsonl.gz', '--speed', 'max', '--keep-timestamps')).toMatchObject({
      robots: 0,
      replay: { file: '/home/ada/a.jsonl.gz', speed: 'max', keepTimestamps: true },
    });
  });

  it('starts the services alone with --no-fleet', () => {
    expect(parse('--no-fleet').robots).toBe(0);
  });

  it('takes directories from where the command was given', () => {
    expect(parse('--keep-data', 'data').keepData).toBe('/home/ada/data');
  });

  it.each([
    [['--robots', '0'], '--robots is 0; expected a whole number above 0'],
    [['--robots', 'many'], '--robots is many'],
    [['--replay', 'a', '--speed', 'fast'], '--speed is fast; expected max or a number above 0'],
    [['--speed', 'max'], '--speed and --keep-timestamps go with --replay FILE'],
    [['--no-fleet', '--robots', '3'], '--no-fleet goes with neither'],
    [['--replay', 'a', '--robots', '3'], '--replay plays one robot'],
    [['--robot', '3'], "Unknown option '--robot'"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });
});
