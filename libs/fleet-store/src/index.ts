export {
  connectRedis,
  type FleetRedis,
  type RedisSettings,
  type RedisStatus,
  type StoreLog,
} from './connect-redis.ts';
export type { SentinelAddress } from './redis-client.ts';
export type { FleetSubscriber } from './redis-subscriber.ts';
export { createScript, type Script, type ScriptArgument, type ScriptCall } from './script.ts';
export { inChunks } from './in-chunks.ts';
export { keys } from './keys.ts';
export { createTogether } from './together.ts';
export {
  openSession,
  saveSessions,
  type SaveOutcome,
  type SessionHold,
  type SessionSave,
} from './sequences/session-store.ts';
export type { SessionNumbers } from './sequences/session-numbers.ts';
export { GatheredReadings } from './telemetry/gathered-readings.ts';
export { decodeReading, encodeReading, isNewer, type Reading } from './telemetry/reading.ts';
export { readHistory, readLatest, type HistoryRange } from './telemetry/read-readings.ts';
export { trimHistories } from './telemetry/trim-histories.ts';
export { writeReadings, type HistoryLimits, type RobotReadings } from './telemetry/write-readings.ts';
export { applyConnectionChanges, closedMemoryMs } from './presence/connections/apply-changes.ts';
export { lookUpConnections, type RegisteredState } from './presence/connections/look-up-connections.ts';
export type { ConnectionChange, OpenConnection } from './presence/connections/open-connection.ts';
export { connectionOwners, openConnectionsOf } from './presence/connections/open-connections.ts';
export { registerEpoch } from './presence/connections/register-epoch.ts';
export { holdRegister, releaseRegister } from './presence/connections/register-lease.ts';
export { claimPresence, type ClaimOutcome, type ClaimRules } from './presence/claim-presence.ts';
export { endPresence, type EndOutcome, type PresenceEnd } from './presence/end-presence.ts';
export { beat, forgetGateways, lastBeatOf, type GatewayBeats } from './presence/gateway-beats.ts';
export { knownRobots, rememberRobots } from './presence/known-robots.ts';
export type { PresenceClaim, PresenceRecord } from './presence/presence-record.ts';
export { readPresence } from './presence/read-presence.ts';
export { touchPresence, type PresenceTouch } from './presence/touch-presence.ts';
export { parseHead, type MissionHead } from './missions/mission-head.ts';
export { createMissionStore, type MissionStore, type StoredMission } from './missions/mission-store.ts';
export {
  createMissionStream,
  type MissionStream,
  type RawEntry,
  type StreamFacts,
} from './missions/mission-stream.ts';
export type { BucketSize, BucketWrite, MissionWrite, WriteOutcome } from './missions/mission-write.ts';
export {
  createHandledEvents,
  type HandledEvent,
  type HandledEventLimits,
  type HandledEventStore,
} from './handled/create-handled-events.ts';
export {
  createOverdueMissions,
  type OpenMissionsPage,
  type OverdueMissions,
} from './missions/overdue-missions.ts';
export { createJobStore, type AcquiredLease, type JobStore, type LeaseAnswer } from './jobs/job-store.ts';
export { createOutbox, type OutboxLease, type OutboxStore } from './outbox/create-outbox.ts';
export type { NewOutboxEntry, StoredOutboxEntry } from './outbox/outbox-entry.ts';
export { OutboxFullError, OutboxLeaseLostError } from './outbox/outbox-errors.ts';
export {
  createMissionWindows,
  type BucketCounts,
  type BucketName,
  type ClosedMinute,
  type MissionGap,
  type MissionWindows,
} from './missions/mission-windows.ts';
export { mergeRollups, type RollupBucket } from './rollups/rollup-bucket.ts';
export {
  createRollupStore,
  rollupSeconds,
  type RollupBucketName,
  type RollupSample,
  type RollupSize,
  type RollupStore,
} from './rollups/rollup-store.ts';
