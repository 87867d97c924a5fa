const units: Record<string, number> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds in a text like `90s`, `5m`, `1h`, `7d`; undefined when it is none. */
export const parseDuration = (text: string): number | undefined => {
  const match = /^([1-9][0-9]{0,5})([smhd])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (units[match[2] ?? ''] ?? NaN);
};
