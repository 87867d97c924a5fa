/** The command cannot be done as it was asked for; the message says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
