import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Writes a recording like those of a real arm: cycles that succeed and fail, and readings that are missing. */
export const writeRecording = (
  path: string,
  rows: number,
  rowsPerCycle: number,
): { cycles: number; failed: number } => {
  const failed = new Set<number>();
  const lines = Array.from({ length: rows }, (_, index) => {
    const cycle = Math.floor(index / rowsPerCycle) + 1;
    const hasStopped = index % 70 === 0 ? null : cycle % 3 === 0 && index % rowsPerCycle === 2;
    if (hasStopped === true) failed.add(cycle);
    return JSON.stringify({
      num: index + 1,
      timestamp: new Date(1_666_772_241_000 + index * 1000).toISOString(),
      Current_J0: index % 50 === 0 ? null : Math.sin(index),
      'Speed J1': index / 10,
      cycle,
      Robot_ProtectiveStop: hasStopped,
      grip_lost: false,
    });
  });
  writeFileSync(path, gzipSync(`${lines.join('\n')}\n`));
  return { cycles: Math.ceil(rows / rowsPerCycle), failed: failed.size };
};
