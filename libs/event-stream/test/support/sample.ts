import type { EventPayload } from '@fleet/event-envelope';

/** The `seq`-th reading of a robot. */
export const sample = (robotId: string, seq: number): EventPayload<'telemetry.data_received'> => ({
  robot_id: robotId,
  connection_id: `ws_${robotId}_1_abcdef`,
  metrics: { cpu_usage: 45.2, memory_usage: 60.5, battery_level: 80 },
  received_at: Date.now() / 1000,
  seq,
});

/** A life-cycle event of a robot, told from others by its connection id. */
export const established = (
  robotId: string,
  seq: number,
): EventPayload<'telemetry.connection_established'> => ({
  robot_id: robotId,
  connection_id: `ws_${robotId}_${seq}_abcdef`,
  connected_at: Date.now() / 1000,
});
