/** A log for libraries: what a person may want to know, in words, on one line. */
export interface TerminalLog {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const createTerminalLog = (note: (line: string) => void): TerminalLog => {
  const say = (fields: object, message: string): void => {
    const facts = Object.entries(fields).map(([name, value]) => `${name}: ${textOf(value)}`);
    note(facts.length === 0 ? message : `${message} (${facts.join(', ')})`);
  };
  return { debug: () => undefined, info: () => undefined, warn: say, error: say };
};

const textOf = (value: unknown): string => {
  if (value instanceof Error) return value.message;
  return typeof value === 'string' ? value : JSON.stringify(value);
};
