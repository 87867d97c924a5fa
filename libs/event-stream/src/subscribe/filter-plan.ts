/** How a consumer is told which subjects it wants. */
export interface FilterPlan {
  /** What the server filters by; none means that it delivers all of the stream. */
  readonly filters: readonly string[];
  /** The server cannot filter by all that is wanted, so what is not wanted comes too. */
  readonly coarse: boolean;
}

const hasFilterLists = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > 2 || (major === 2 && minor >= 10);
};

/** Lists of filters came with server 2.10. Before that there is one filter or none, and the rest is done on this side. */
export const planFilters = (
  wanted: readonly string[],
  streamSubjects: readonly string[],
  serverVersion: string,
): FilterPlan => {
  if (wanted.length === 1) return { filters: wanted, coarse: false };
  if (streamSubjects.every((subject) => wanted.includes(subject))) return { filters: [], coarse: false };
  return hasFilterLists(serverVersion) ? { filters: wanted, coarse: false } : { filters: [], coarse: true };
};

/** The plan in the words of a consumer's configuration. */
export const filterConfig = ({
  filters,
}: FilterPlan): { filter_subject?: string; filter_subjects?: string[] } => {
  const [first] = filters;
  if (first === undefined) return {};
  return filters.length === 1 ? { filter_subject: first } : { filter_subjects: [...filters] };
};
