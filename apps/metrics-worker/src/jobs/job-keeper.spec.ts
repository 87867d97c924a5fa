import { FakeClock, settled } from './fake-clock.fixture.ts';
import type { Job, JobContext, RunResult, Schedule } from './job.ts';
import { JobKeeper } from './job-keeper.ts';
import { LostLeaseError } from './lost-lease-error.ts';
import { MemoryJobStore } from './memory-job-store.fixture.ts';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const every30 = { everySeconds: 30 };

const keepers: JobKeeper[] = [];
afterEach(() => Promise.all(keepers.splice(0).map((keeper) => keeper.stop())));

const start = async (
  schedule: Schedule,
  run: (context: JobContext) => Promise<RunResult> = () => Promise.resolve({}),
  given: { clock?: FakeClock; store?: MemoryJobStore } = {},
) => {
  const clock = given.clock ?? new FakeClock();
  const store = given.store ?? new MemoryJobStore(clock);
  const runs: number[] = [];
  const beganAt = clock.elapsed();
  const job: Job = {
    id: 'job',
    schedule,
    timeoutMs: 60_000,
    run(context) {
      runs.push((clock.elapsed() - beganAt) / 1000);
      return run(context);
    },
  };
  const seen = {
    takeovers: 0,
    heldUntil: -Infinity,
    get isHeld() {
      return this.heldUntil > clock.elapsed();
    },
  };
  const keeper = new JobKeeper(job, {
    store,
    clock,
    log: quiet,
    holder: `holder-${keepers.length}`,
    leaseMs: 6000,
    random: () => 0,
    observer: {
      leased: (_, untilMs) => (seen.heldUntil = untilMs),
      leaseEnded: () => (seen.heldUntil = -Infinity),
      takenOver: () => (seen.takeovers += 1),
      ran: () => {},
    },
  });
  keepers.push(keeper);
  keeper.start();
  await settled();
  return { clock, store, runs, keeper, seen };
};

describe('a job with an interval', () => {
  it('runs at once and then at every interval', async () => {
    const { clock, runs } = await start(every30);
    await clock.pass(100);
    expect(runs).toEqual([0, 30, 60, 90]);
  });

  it.each([7200, -7200])(
    'neither doubles nor loses a run when the clock jumps by %s seconds',
    async (jump) => {
      const { clock, runs } = await start(every30);
      await clock.pass(45);
      clock.jump(jump);
      await clock.pass(55);
      expect(runs).toEqual([0, 30, 60, 90]);
    },
  );

  it('never runs twice at once, and catches up once what it missed', async () => {
    let finish = (): void => {};
    let isFirst = true;
    const { clock, runs } = await start(every30, () => {
      if (!isFirst) return Promise.resolve({});
      isFirst = false;
      return new Promise((resolve) => (finish = () => resolve({})));
    });
    await clock.pass(100);
    expect(runs).toEqual([0]);
    finish();
    await settled();
    expect(runs).toEqual([0, 100]);
    await clock.pass(40);
    expect(runs).toEqual([0, 100, 130]);
  });

  it('waits longer after the second failure in a row', async () => {
    const { clock, runs, store } = await start(every30, () => Promise.reject(new Error('no')));
    await clock.pass(250);
    expect(runs).toEqual([0, 30, 90, 210]);
    expect(store.ends[0]).toMatchObject({ outcome: 'failed', error: 'no', trigger: 'schedule' });
  });

  it('is taken over where the last holder left off', async () => {
    const { clock, store, keeper } = await start(every30);
    await clock.pass(10);
    await keeper.stop();
    const second = await start(every30, undefined, { clock, store });
    await clock.pass(25);
    expect(second.runs).toEqual([20]);
    expect(second.seen).toMatchObject({ takeovers: 1, isHeld: true });
  });

  it('runs on a replica that holds no lease not at all', async () => {
    const { clock, store } = await start(every30);
    const second = await start(every30, undefined, { clock, store });
    await clock.pass(100);
    expect(second.runs).toEqual([]);
  });

  it('runs when it is asked to, and keeps its interval from there', async () => {
    const { clock, runs, keeper, store } = await start(every30);
    await clock.pass(10);
    await keeper.ask();
    await settled();
    await clock.pass(31);
    expect(runs).toEqual([0, 10, 40]);
    expect(store.ends.map(({ trigger }) => trigger)).toEqual(['schedule', 'request', 'schedule']);
  });

  it('runs when another replica was asked', async () => {
    const { clock, store, runs } = await start(every30);
    const second = await start(every30, undefined, { clock, store });
    await clock.pass(10);
    await second.keeper.ask();
    await clock.pass(5);
    expect(runs).toEqual([0, 12]);
    expect(second.runs).toEqual([]);
  });
});

describe('the lease', () => {
  it('is given up when another replica has it, and the run under way aborted', async () => {
    let reason: unknown;
    const { clock, store, seen } = await start(every30, ({ signal }) => {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          reason = signal.reason;
          reject(signal.reason as Error);
        });
      });
    });
    expect(seen.isHeld).toBe(true);
    store.steal();
    await clock.pass(3);
    expect(reason).toBeInstanceOf(LostLeaseError);
    expect(seen.isHeld).toBe(false);
    expect(store.ends).toMatchObject([{ outcome: 'lost_lease' }]);
  });

  it('is given away when a newer holder has written, and taken anew with a greater fence', async () => {
    const fences: number[] = [];
    const { clock, seen } = await start(every30, ({ fence }) => {
      fences.push(fence);
      return fences.length === 1 ? Promise.reject(new LostLeaseError()) : Promise.resolve({});
    });
    await clock.pass(35);
    expect(fences).toHaveLength(2);
    expect(fences[1]).toBeGreaterThan(fences[0] ?? Infinity);
    expect(seen.isHeld).toBe(true);
  });

  it('goes on with its runs while the store is away: its fence protects what is written', async () => {
    const { clock, store, runs } = await start(every30);
    store.isAway = true;
    await clock.pass(40);
    expect(runs).toEqual([0, 30]);
  });

  it('is told as held until its time is over when it cannot be renewed, and again once it is', async () => {
    const { clock, store, seen } = await start(every30);
    await clock.pass(10);
    store.isAway = true;
    await clock.pass(3);
    expect(seen.isHeld).toBe(true);
    await clock.pass(4);
    expect(seen.isHeld).toBe(false);
    store.isAway = false;
    await clock.pass(2);
    expect(seen.isHeld).toBe(true);
  });
});

describe('a run', () => {
  it('is aborted when the service stops', async () => {
    const { store, keeper } = await start(every30, ({ signal }) => {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error));
      });
    });
    await keeper.stop();
    expect(store.ends).toMatchObject([{ outcome: 'aborted' }]);
  });
});

describe('a job with a cron expression', () => {
  const hourly = { cron: '0 * * * *' };

  it('runs at its times', async () => {
    const { clock, runs } = await start(hourly);
    await clock.pass(2 * 3600 + 60);
    expect(runs).toEqual([3600, 7200]);
  });

  it('catches up once what it missed while nobody ran it', async () => {
    const { clock, store, keeper } = await start(hourly);
    await clock.pass(60);
    await keeper.stop();
    await clock.pass(3 * 3600);
    const second = await start(hourly, undefined, { clock, store });
    await clock.pass(30);
    expect(second.runs).toEqual([0]);
  });

  it('runs once when the clock is put forward, and not again when it is put back', async () => {
    const { clock, runs } = await start(hourly);
    await clock.pass(60);
    clock.jump(7200);
    await clock.pass(60);
    expect(runs).toHaveLength(1);
    clock.jump(-7200);
    await clock.pass(3600 + 3000);
    expect(runs).toHaveLength(1);
  });
});
