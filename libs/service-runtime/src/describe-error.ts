/**
 * What a log says of an error: its kind, its sentence, where it came from, and what caused it. Its other fields stay
 * out: a failed command or a refused token is kept there by the libraries that throw.
 */
export function describeError(error: unknown): unknown {
  return describe(error, 4);
}

/** Causes are followed a few steps only: a chain may lead back to its beginning. */
function describe(error: unknown, causes: number): unknown {
  if (!(error instanceof Error)) return error;
  return {
    type: error.name,
    message: error.message,
    ...('code' in error ? { code: error.code } : {}),
    stack: error.stack,
    ...(error.cause === undefined || causes === 0 ? {} : { cause: describe(error.cause, causes - 1) }),
  };
}
