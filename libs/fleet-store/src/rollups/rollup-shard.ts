/** Robots are spread over so many hash slots: enough for the nodes of a cluster, few enough that a batch is few scripts. */
export const rollupShards = 8;

/** Where the rollups of a robot are kept (FNV-1a of its id). */
export const rollupShard = (robotId: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < robotId.length; index += 1) {
    hash = Math.imul(hash ^ robotId.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0) % rollupShards;
};
