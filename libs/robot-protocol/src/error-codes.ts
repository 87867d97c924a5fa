/** Why a gateway refuses a message; what was refused is settled and not to be sent again. */
export const errorCodes = [
  /** Not JSON at all. */
  'invalid_json',
  /** JSON of a known type that breaks its rules: `path` says where. */
  'invalid_message',
  /** A `type` this gateway does not know. */
  'unknown_type',
  /** A `seq` that cannot be: below what was asked for, or twice in one batch. */
  'sequence_error',
  /** Understood, and still impossible to store. */
  'not_stored',
] as const;

export type ErrorCode = (typeof errorCodes)[number];
