const shownLevels = ['warn', 'error', 'fatal'];

interface LogRecord {
  readonly level: string;
  readonly msg?: string;
  readonly err?: { readonly message?: string };
}

const parse = (line: string): LogRecord | undefined => {
  try {
    const record = JSON.parse(line) as Partial<LogRecord> | null;
    return typeof record?.level === 'string' ? (record as LogRecord) : undefined;
  } catch {
    return undefined;
  }
};

/** What a person in front of the terminal should see of a log line: warnings and errors, and what is no log at all. */
export const worthShowing = (line: string): string | undefined => {
  const record = parse(line);
  if (record === undefined) return line.trim() === '' ? undefined : line;
  if (!shownLevels.includes(record.level)) return undefined;
  const reason = record.err?.message;
  return [record.msg ?? '', reason].filter(Boolean).join(': ');
};
