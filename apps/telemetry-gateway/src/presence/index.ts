export {
  PresenceAwayError,
  type OpenedConnection,
  type Presence,
  type PresenceKeeper,
  type PresencePage,
  type PresenceQuery,
  type PresenceState,
} from './presence-keeper.ts';
export type { PresenceCounts } from './presence-counts.ts';
export { registerPresenceMetrics } from './presence-metrics.ts';
export type { PresenceSettings } from './presence-settings.ts';
export { startPresence, type PresenceParts } from './start-presence.ts';
