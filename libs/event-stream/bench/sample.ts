import {
  createEvent,
  encodeEvent,
  subjectOf,
  type CharterEvent,
  type EventPayload,
} from '@fleet/event-envelope';

/** A reading of one of a hundred robots. */
export const sample = (index: number): EventPayload<'telemetry.data_received'> => ({
  robot_id: `robot_${index % 100}`,
  connection_id: 'ws_robot_1_1703001234_abcdef',
  metrics: { cpu_usage: 45.2, memory_usage: 60.5, battery_level: 80 },
  received_at: Date.now() / 1000,
  seq: index + 1,
});

/** The same event, made, checked and encoded as ours are. */
export const madeAndEncoded = (
  index: number,
): { event: CharterEvent; subject: string; bytes: Uint8Array } => {
  const event = createEvent('telemetry.data_received', sample(index), { meta: { producer: 'bench' } });
  return { event, subject: subjectOf(event), bytes: encodeEvent(event) };
};
