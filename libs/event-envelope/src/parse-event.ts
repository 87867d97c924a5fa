import { isEventType } from './catalogue.ts';
import { charterVersion, type CharterEvent } from './envelope.ts';
import { EventParseError } from './errors.ts';
import { checksOf } from './event-schema.ts';
import { issueOf } from './issue-of.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

const decode = (bytes: Uint8Array): string => {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new EventParseError('not_utf8', '', 'expected UTF-8 text', { cause });
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new EventParseError('not_json', '', cause instanceof Error ? cause.message : 'not JSON', { cause });
  }
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const versionOf = (event: Record<string, unknown>): unknown =>
  isObject(event['meta']) ? (event['meta']['version'] ?? charterVersion) : charterVersion;

/**
 * Reads an event as its bytes, its text, or the value parsed from them. Tolerant: unknown fields are kept and `meta`
 * may be missing, as may its version. Throws an {@link EventParseError} for what is no event of Charter v1.
 */
export const parseEvent = (input: Uint8Array | string | object): CharterEvent => {
  const text = input instanceof Uint8Array ? decode(input) : input;
  const event = typeof text === 'string' ? parseJson(text) : text;
  if (!isObject(event)) throw new EventParseError('invalid_envelope', '', 'expected a JSON object');
  const version = versionOf(event);
  if (typeof version === 'string' && !version.startsWith('1.')) {
    throw new EventParseError('unknown_version', 'meta.version', `expected 1.x, got ${version}`);
  }
  const type = event['type'];
  if (typeof type !== 'string') throw new EventParseError('invalid_envelope', 'type', 'expected a string');
  if (!isEventType(type))
    throw new EventParseError('unknown_type', 'type', `no event of the Charter: ${type}`);
  const { reader, isReadable } = checksOf(type);
  if (!isReadable(event)) {
    const { path, detail } = issueOf(reader, event);
    throw new EventParseError(
      path.startsWith('payload') ? 'invalid_payload' : 'invalid_envelope',
      path,
      detail,
    );
  }
  event['meta'] ??= {};
  return event as unknown as CharterEvent;
};
