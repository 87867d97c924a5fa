export const exitCodes = {
  done: 0,
  /** Something did not arrive, or failed. */
  failed: 1,
  /** The command was not understood, or lacks what it needs. */
  usage: 2,
  /** Ended by Ctrl-C before it was done. */
  interrupted: 130,
} as const;
