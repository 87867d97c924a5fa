import { z } from 'zod';

import { catalogue, eventTypes, type EventType } from './catalogue.ts';
import { compileCheck } from './compiled-check.ts';
import { envelopeFields } from './envelope.ts';

/** The whole event of a type as readers take it: what they do not know is kept. */
export const readerSchemaOf = (type: EventType) =>
  z.looseObject({ ...envelopeFields, type: z.literal(type), payload: catalogue[type].readerPayload });

interface Checks {
  readonly reader: ReturnType<typeof readerSchemaOf>;
  readonly isReadable: (value: unknown) => boolean;
  readonly isWritablePayload: (value: unknown) => boolean;
}

const compile = (type: EventType): Checks => {
  const reader = readerSchemaOf(type);
  return {
    reader,
    isReadable: compileCheck(reader),
    isWritablePayload: compileCheck(catalogue[type].payload),
  };
};

const checks = Object.fromEntries(eventTypes.map((type) => [type, lazily(() => compile(type))]));

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The compiled checks of a type, compiled when first asked for (some milliseconds). */
export const checksOf = (type: EventType): Checks => (checks[type] as () => Checks)();
