import { readBatch } from './batch.ts';
import { judgeFailures, type OfflineSince } from './judge-failures.ts';

const failedAt = (atMs: number, more: string[] = ['robot_id', 'r1']) =>
  readBatch([[`${atMs}-0`, ['event_type', 'mission.failed', 'mission_id', 'm1', ...more]]], 1e12);

const kindOf = async (batch: ReturnType<typeof failedAt>, offlineSince: OfflineSince) =>
  (await judgeFailures(batch, offlineSince)).missions.get('m1')?.[0]?.kind;

const since =
  (ms: number): OfflineSince =>
  () =>
    Promise.resolve(new Map([['r1', ms]]));

describe('judgeFailures', () => {
  it('calls it a lost connection when the robot was offline by then', async () => {
    expect(await kindOf(failedAt(100_000), since(90_000))).toBe('lost_connection');
    expect(await kindOf(failedAt(100_000), since(100_000))).toBe('lost_connection');
  });

  it('calls it a failure when the robot went offline later, or is there', async () => {
    expect(await kindOf(failedAt(100_000), since(100_001))).toBe('failed');
    expect(await kindOf(failedAt(100_000), () => Promise.resolve(new Map()))).toBe('failed');
  });

  it('asks for nothing when no robot has failed', async () => {
    const refuse: OfflineSince = () => Promise.reject(new Error('asked'));
    expect(await kindOf(failedAt(100_000, []), refuse)).toBe('failed');
  });
});
