/**
 * Counts a mission stream in the plainest way there is, entry by entry and mission by mission, to compare with: nothing
 * of it is shared with the service. For missions that are not retried.
 */
export interface ReferenceTotals {
  created: number;
  started: number;
  completed: number;
  failed: number;
  cancelled: number;
  entries_processed: number;
}

interface Seen {
  created: boolean;
  started: boolean;
  end?: { kind: 'completed' | 'failed' | 'cancelled'; at: number };
}

/** Of two ends in the same millisecond the one that stands first here counts. */
const ends = ['completed', 'failed', 'cancelled'] as const;

export const countByHand = (entries: readonly (readonly [string, readonly string[]])[]): ReferenceTotals => {
  const missions = new Map<string, Seen>();
  for (const [id, fields] of entries) {
    const valueOf = (name: string) => {
      const index = fields.indexOf(name);
      return index < 0 ? undefined : fields[index + 1];
    };
    const missionId = String(valueOf('mission_id'));
    const kind = String(valueOf('event_type')).replace('mission.', '');
    const timestamp = valueOf('timestamp');
    const at = timestamp === undefined ? Number(id.split('-')[0]) : Number(timestamp) * 1000;
    const mission = missions.get(missionId) ?? { created: false, started: false };
    missions.set(missionId, mission);
    if (kind === 'created') mission.created = true;
    if (kind === 'started') mission.started = true;
    const end = ends.find((each) => each === kind);
    if (end === undefined) continue;
    const { end: known } = mission;
    const isFirst =
      known === undefined ||
      at < known.at ||
      (at === known.at && ends.indexOf(end) < ends.indexOf(known.kind));
    if (isFirst) mission.end = { kind: end, at };
  }
  const all = [...missions.values()];
  const ended = (kind: string) => all.filter(({ end }) => end?.kind === kind).length;
  return {
    created: all.filter(({ created }) => created).length,
    started: all.filter(({ started }) => started).length,
    completed: ended('completed'),
    failed: ended('failed'),
    cancelled: ended('cancelled'),
    entries_processed: entries.length,
  };
};
