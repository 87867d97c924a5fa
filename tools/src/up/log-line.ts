const shownLevels = ['warn', 'error', 'fatal'];

interface LogRecord {
  readonly level: string;
  readonly msg?: string;
  /** Which of a service's connections to Redis it is about. */
  readonly redis?: string;
  readonly stream?: string;
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

/** Troubles whose end is good news of a level that is not shown otherwise. */
const troubles = [
  {
    begins: /^event stream (disconnected|answers no ping|not reached|still not reached)/,
    ends: /^event stream connected/,
  },
  { begins: /^stream takes nothing, trying on/, ends: /^stream takes events again/ },
  { begins: /^redis is away/, ends: /^redis is ready/ },
  { begins: /^redis may have lost connections/, ends: /^connections are read anew/ },
  { begins: /^token keys cannot/, ends: /^token keys (are available|read)/ },
];

/**
 * Chooses what a person in front of the terminal should see of a service's log lines: warnings and errors, that what was
 * warned of is over, and what is no log at all.
 */
export const createLogView = (): ((line: string) => string | undefined) => {
  const inTrouble = new Set<string>();

  const keyOf = (at: number, { redis, stream }: LogRecord): string => `${at} ${redis ?? stream ?? ''}`;

  const isTheEnd = (record: LogRecord): boolean => {
    const at = troubles.findIndex(({ ends }) => ends.test(record.msg ?? ''));
    return inTrouble.delete(keyOf(at, record));
  };

  return (line) => {
    const record = parse(line);
    if (record === undefined) return line.trim() === '' ? undefined : line;
    const { level, msg = '', err } = record;
    if (!shownLevels.includes(level)) return isTheEnd(record) ? msg : undefined;
    const at = troubles.findIndex(({ begins }) => begins.test(msg));
    if (at >= 0) inTrouble.add(keyOf(at, record));
    return [msg, err?.message].filter(Boolean).join(': ');
  };
};
