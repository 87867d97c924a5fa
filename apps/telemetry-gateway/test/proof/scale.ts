/** A size of a proof: the usual one, or what the environment asks for (a positive integer). */
export const sizeOf = (variable: string, usual: number): number => {
  const asked = process.env[variable];
  if (asked === undefined || asked === '') return usual;
  const size = Number(asked);
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new Error(`${variable}: expected a positive integer, got ${JSON.stringify(asked)}`);
};
