import { metricNamePattern } from '@fleet/robot-protocol';

const maxLength = 64;

/** Gives columns names that the protocol allows: the same one for the same column, and no name twice. */
export class ColumnNames {
  readonly #byColumn = new Map<string, string>();
  readonly #taken = new Set<string>();

  nameOf(column: string): string {
    const known = this.#byColumn.get(column);
    if (known !== undefined) return known;
    const name = this.#firstFree(sanitize(column));
    this.#byColumn.set(column, name);
    this.#taken.add(name);
    return name;
  }

  #firstFree(name: string): string {
    let free = name;
    for (let count = 2; this.#taken.has(free); count += 1) {
      const suffix = `_${count}`;
      free = name.slice(0, maxLength - suffix.length) + suffix;
    }
    return free;
  }
}

const sanitize = (column: string): string => {
  if (metricNamePattern.test(column)) return column;
  const name = column.replace(/[^A-Za-z0-9_.]+/g, '_');
  return (/^[A-Za-z]/.test(name) ? name : `m_${name}`).slice(0, maxLength);
};
