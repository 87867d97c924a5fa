import { z } from 'zod';
import { integer, text, url } from './fields.ts';
import { parseSettings, SettingsError } from './parse-settings.ts';

const schema = z.object({
  PORT: integer({ max: 65_535 }).default(8080),
  NAME: text(),
  STORE: url('redis').optional(),
});

function mistakesIn(env: NodeJS.ProcessEnv): SettingsError {
  try {
    parseSettings(schema, env);
  } catch (error) {
    if (error instanceof SettingsError) return error;
  }
  throw new Error('expected a SettingsError');
}

describe('parseSettings', () => {
  it('reads what is set and fills in the rest', () => {
    expect(parseSettings(schema, { NAME: 'gateway' })).toEqual({ PORT: 8080, NAME: 'gateway' });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(parseSettings(schema, { NAME: 'gateway', PORT: '', STORE: '' }).PORT).toBe(8080);
    expect(mistakesIn({ NAME: '' }).message).toBe('NAME: is required');
  });

  it('leaves variables it does not know alone', () => {
    expect(parseSettings(schema, { NAME: 'x', FLEET_UNKNOWN: '1', PATH: '/bin' })).not.toHaveProperty('PATH');
  });

  it('says every mistake at once and never a secret', () => {
    const { message, mistakes } = mistakesIn({ PORT: '1e3', STORE: 'redis//:hunter2@host' });
    expect(mistakes.map(({ variable }) => variable)).toEqual(['PORT', 'NAME', 'STORE']);
    expect(message).toContain('PORT: expected an integer from 0 to 65535, got "1e3"');
    expect(message).not.toContain('hunter2');
  });

  it('applies rules over several variables beside mistakes in one', () => {
    const rule = (values: { NAME?: string }) =>
      values.NAME === 'worker' ? [{ variable: 'STORE', problem: 'is required for a worker' }] : [];
    const parse = () => parseSettings(schema, { NAME: 'worker', PORT: '-1' }, [rule]);
    expect(parse).toThrow(/PORT: expected[^]*STORE: is required for a worker/);
    expect(parseSettings(schema, { NAME: 'other' }, [rule]).NAME).toBe('other');
  });

  it('is not confused by variables named like parts of an object', () => {
    expect(parseSettings(schema, { NAME: '__proto__', ['__proto__']: 'x' }).NAME).toBe('__proto__');
  });
});
