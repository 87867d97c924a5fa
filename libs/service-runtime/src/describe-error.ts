/**
 * What a log says of an error: its kind, its sentence, where it came from, and what caused it. Its other fields stay
 * out: a failed command or a refused token is kept there by the libraries that throw.
 */
export const describeError = (error: unknown): unknown => describe(error, 4, true);

/** The same without the places in the code: of what was to be expected they tell nobody anything. */
export const describeBriefly = (error: unknown): unknown => describe(error, 4, false);

/** Causes are followed a few steps only: a chain may lead back to its beginning. */
function describe(error: unknown, causes: number, withStack: boolean): unknown {
  if (!(error instanceof Error)) return error;
  const { name: type, message, stack, cause } = error;
  return {
    ...{ type, message },
    ...('code' in error ? { code: error.code } : {}),
    ...(withStack ? { stack } : {}),
    ...(cause === undefined || causes === 0 ? {} : { cause: describe(cause, causes - 1, withStack) }),
  };
}
