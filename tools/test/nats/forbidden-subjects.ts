import {
  connect,
  PermissionViolationError,
  type ConnectionOptions,
  type NatsConnection,
} from '@nats-io/transport-node';

/** Does as a user what it may or may not; the subjects that the server forbade, in their order. */
export const forbiddenSubjects = async (
  as: ConnectionOptions,
  act: (nc: NatsConnection) => void,
): Promise<string[]> => {
  const nc = await connect({ ...as, maxReconnectAttempts: 0 });
  const subjects: string[] = [];
  const watching = (async () => {
    for await (const status of nc.status()) {
      if (status.type === 'error' && status.error instanceof PermissionViolationError) {
        subjects.push(status.error.subject);
      }
    }
  })();
  act(nc);
  // Its answer comes behind those to all that was sent before.
  await nc.flush();
  await nc.close();
  await watching;
  return subjects;
};
