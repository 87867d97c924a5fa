import type { FrameBytes } from './frame-bytes.ts';

const [colon, comma] = [0x3a, 0x2c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

/** Writes the fields; gives up, and false, at a number that native code writes sooner than its own string is made. */
const writeFields = (bytes: FrameBytes, value: object): boolean => {
  let separator = openBrace;
  for (const key of Object.keys(value)) {
    const field = (value as Record<string, unknown>)[key];
    if (field === undefined) continue;
    bytes.byte(separator);
    separator = comma;
    bytes.string(key);
    bytes.byte(colon);
    if (typeof field !== 'number') writeJson(bytes, field);
    else if (!bytes.decimal(field)) return false;
  }
  if (separator === openBrace) bytes.byte(openBrace);
  bytes.byte(closeBrace);
  return true;
};

const writeObject = (bytes: FrameBytes, value: object): void => {
  const { length } = bytes;
  if (writeFields(bytes, value)) return;
  bytes.shorten(length);
  bytes.text(JSON.stringify(value));
};

const writeArray = (bytes: FrameBytes, values: readonly unknown[]): void => {
  bytes.byte(openBracket);
  for (let i = 0; i < values.length; i += 1) {
    if (i > 0) bytes.byte(comma);
    writeJson(bytes, values[i]);
  }
  bytes.byte(closeBracket);
};

/**
 * Writes plain data, which has no `toJSON`, as `JSON.stringify` does, without making the string. What its fields hold is
 * strings, numbers, booleans, null, arrays and objects of those, or undefined, which is left out.
 */
export const writeJson = (bytes: FrameBytes, value: unknown): void => {
  if (typeof value === 'string') bytes.string(value);
  else if (typeof value === 'number') bytes.number(value);
  else if (typeof value === 'boolean') bytes.text(value ? 'true' : 'false');
  else if (Array.isArray(value)) writeArray(bytes, value);
  else if (typeof value === 'object' && value !== null) writeObject(bytes, value);
  else bytes.text('null');
};
