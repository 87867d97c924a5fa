import { z } from 'zod';

import { compileCheck } from './compiled-check.ts';
import { envelopeFields } from './envelope.ts';

/** What a producer may say of an event beside its payload: each field as readers will check it. */
export const optionsSchema = z.looseObject({
  id: envelopeFields.id.optional(),
  source: envelopeFields.source.optional(),
  target: envelopeFields.target.optional(),
  timestamp: envelopeFields.timestamp.optional(),
  meta: envelopeFields.meta.unwrap().optional(),
});

export const areWritableOptions = compileCheck(optionsSchema);
