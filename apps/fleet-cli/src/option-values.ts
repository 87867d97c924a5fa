import { InvalidArgumentError } from 'commander';

/** Readers of option values: each gives the value or says what was expected. */
export const numberOption =
  ({ min, max, whole = false }: { min: number; max: number; whole?: boolean }) =>
  (text: string): number => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (value >= min && value <= max && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`expected ${whole ? 'a whole number' : 'a number'} from ${min} to ${max}`);
  };

export const speedOption = (text: string): number | 'max' =>
  text === 'max' ? text : positive(text, 'expected max or a number above 0, such as 100');

const positive = (text: string, expected: string): number => {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value > 0 && Number.isFinite(value)) return value;
  throw new InvalidArgumentError(expected);
};

export const urlOption =
  (...schemes: readonly string[]) =>
  (text: string): string => {
    const scheme = URL.canParse(text) ? new URL(text).protocol.slice(0, -1) : undefined;
    if (scheme !== undefined && schemes.includes(scheme)) return text;
    throw new InvalidArgumentError(
      `expected a URL that begins with ${schemes.map((name) => `${name}://`).join(' or ')}`,
    );
  };

export const matchOption =
  (isValid: (value: unknown) => value is string, expected: string) =>
  (text: string): string => {
    if (isValid(text)) return text;
    throw new InvalidArgumentError(`expected ${expected}`);
  };

/** Where a tail begins. */
export const fromOption = (text: string): 'now' | 'beginning' | Date => {
  if (text === 'now' || text === 'beginning') return text;
  const at = new Date(text);
  if (!Number.isNaN(at.getTime())) return at;
  throw new InvalidArgumentError('expected now, beginning or a time such as 2026-03-01T12:00:00Z');
};
