/** What presence has counted since it started. */
export interface PresenceCounts {
  takeovers: number;
  /** New connections that were asked to wait because two robots fight for one id. */
  contested: number;
  /** Connections of lost gateways that this process closed. */
  lostClosed: number;
  /** Connections of this process that others took for lost. */
  declaredLost: number;
}
