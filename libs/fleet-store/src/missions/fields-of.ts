/** Names and values in turn, as scripts answer them, as a record. */
export const fieldsOf = (pairs: readonly string[]): Record<string, string> => {
  const fields: Record<string, string> = {};
  for (let index = 0; index + 1 < pairs.length; index += 2) {
    fields[String(pairs[index])] = String(pairs[index + 1]);
  }
  return fields;
};
