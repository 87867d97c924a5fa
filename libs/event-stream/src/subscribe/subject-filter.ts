/** The subjects that match both filters; `undefined` when none does. */
export const intersect = (one: string, other: string): string | undefined => {
  const a = one.split('.');
  const b = other.split('.');
  const both: string[] = [];
  for (let at = 0; ; at += 1) {
    const [x, y] = [a[at], b[at]];
    if (x === '>' && y !== undefined) return [...both, ...b.slice(at)].join('.');
    if (y === '>' && x !== undefined) return [...both, ...a.slice(at)].join('.');
    if (x === undefined || y === undefined) return x === y ? both.join('.') : undefined;
    if (x !== '*' && y !== '*' && x !== y) return undefined;
    both.push(x === '*' ? y : x);
  }
};

/** Whether a subject matches a filter. */
export const matches = (filter: string, subject: string): boolean => intersect(filter, subject) === subject;
