import { mkdir, open, rm, writeFile } from 'node:fs/promises';

import { createInbox, type NatsConnection } from '@nats-io/transport-node';

import { askJetStream } from './ask-jetstream.ts';
import { backupFilesIn, type BackupFacts } from './backup-files.ts';

/** A backup of which nothing comes for so long has broken off. */
const stalledMs = 30_000;
const chunkBytes = 128 * 1024;

/**
 * Writes a stream with its consumers as it is at this moment into a directory, while others write to it. Overwrites
 * nothing, and leaves nothing when it fails; of a process that is killed, a directory without `backup.json`.
 */
export const backupStream = async (
  nc: NatsConnection,
  stream: string,
  directory: string,
): Promise<BackupFacts> => {
  const files = backupFilesIn(directory);
  await mkdir(directory, { recursive: true });
  await using content = await open(files.content, 'wx', 0o600);
  const inbox = createInbox();
  const chunks = nc.subscribe(inbox);
  const stalled = setTimeout(() => chunks.unsubscribe(), stalledMs);
  try {
    const { config, state } = await askJetStream<BackupFacts>(nc, `$JS.API.STREAM.SNAPSHOT.${stream}`, {
      deliver_subject: inbox,
      chunk_size: chunkBytes,
    });
    for await (const chunk of chunks) {
      stalled.refresh();
      if (chunk.data.length > 0) {
        await content.write(chunk.data);
        // The server sends on when it hears that enough has been taken.
        chunk.respond();
        continue;
      }
      const code = chunk.headers?.code ?? 0;
      if (code >= 400) throw new Error(`the server ended the backup: ${code} ${chunk.headers?.description}`);
      await content.sync();
      await writeFile(files.facts, `${JSON.stringify({ config, state }, null, 2)}\n`, { mode: 0o600 });
      return { config, state };
    }
    throw new Error('the backup broke off: nothing more came from the server');
  } catch (error) {
    await rm(files.content);
    throw error;
  } finally {
    clearTimeout(stalled);
    chunks.unsubscribe();
  }
};
