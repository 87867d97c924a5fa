/** What one gateway process tells another: a connection of yours has been replaced. */
export interface Replacement {
  robotId: string;
  connectionId: string;
  replacedBy: string;
}

export const replacementText = ({ robotId, connectionId, replacedBy }: Replacement): string =>
  JSON.stringify({ robot_id: robotId, connection_id: connectionId, replaced_by: replacedBy });

/** `undefined` for what is no such message. */
export function readReplacement(text: string): Replacement | undefined {
  try {
    const value = JSON.parse(text) as Record<string, unknown> | null;
    const { robot_id: robotId, connection_id: connectionId, replaced_by: replacedBy } = value ?? {};
    if (typeof robotId !== 'string' || typeof connectionId !== 'string' || typeof replacedBy !== 'string') {
      return undefined;
    }
    return { robotId, connectionId, replacedBy };
  } catch {
    return undefined;
  }
}
