/** The beginning of a minute some while ago, Unix seconds. */
export const minuteAgo = (minutes: number): number => Math.floor(Date.now() / 60_000 - minutes) * 60;
