import { serverMode } from '@fleet/testing';

/** For scripts that are not TypeScript: the mode alone, or an error with the remedy. */
try {
  console.log(serverMode());
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
