/** What one contender did in one run. */
export interface Measurement {
  readonly perSecond: number;
  /** User and system time of this process. */
  readonly cpuMicros: number;
}

/** Measures some work on `count` messages: rate and processor time of this process, the server's not among it. */
export const measure = async (count: number, work: () => Promise<void>): Promise<Measurement> => {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / seconds, cpuMicros: (user + system) / count };
};

export interface Contender {
  readonly name: string;
  readonly run: (count: number) => Promise<void>;
}

/** The median of several rounds by rate; the contenders take turns, so that what else the machine does hits all alike. */
export const compete = async (
  contenders: readonly Contender[],
  { count, rounds }: { readonly count: number; readonly rounds: number },
): Promise<Map<string, Measurement>> => {
  const runs = new Map<string, Measurement[]>(contenders.map(({ name }) => [name, []]));
  for (const { run } of contenders) await run(Math.min(count, 20_000));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, run } of contenders) runs.get(name)?.push(await measure(count, () => run(count)));
  }
  return new Map(
    [...runs].map(([name, all]) => {
      const sorted = all.toSorted((a, b) => a.perSecond - b.perSecond);
      return [name, sorted[Math.floor(sorted.length / 2)] as Measurement];
    }),
  );
};

export const printTable = (title: string, results: ReadonlyMap<string, Measurement>): void => {
  console.log(`\n${title}`);
  for (const [name, { perSecond, cpuMicros }] of results) {
    const rate = Math.round(perSecond).toLocaleString('en').padStart(10);
    console.log(`  ${name.padEnd(52)}${rate} /s  ${cpuMicros.toFixed(2).padStart(7)} µs CPU each`);
  }
};
