import { access, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';

import { createInbox, type NatsConnection } from '@nats-io/transport-node';

import { askJetStream } from './ask-jetstream.ts';
import { backupFilesIn, type BackupFacts } from './backup-files.ts';

/** A backup of which nothing comes for so long has broken off. */
const stalledMs = 30_000;
const chunkBytes = 128 * 1024;

const expectAbsent = async (path: string): Promise<void> => {
  const isThere = await access(path).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${path}: file already exists, of another backup`);
};

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
  await expectAbsent(files.facts);
  await using content = await open(files.content, 'wx', 0o600);
  const unfinished = `${files.facts}.part`;
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
        // `write` may take a part of it.
        await content.appendFile(chunk.data);
        // The server sends on when it hears that enough has been taken.
        chunk.respond();
        continue;
      }
      const code = chunk.headers?.code ?? 0;
      if (code >= 400) throw new Error(`the server ended the backup: ${code} ${chunk.headers?.description}`);
      await content.sync();
      // Under its own name it is whole, whenever the process or the disk ends.
      await writeFile(unfinished, `${JSON.stringify({ config, state }, null, 2)}\n`, {
        mode: 0o600,
        flush: true,
      });
      await rename(unfinished, files.facts);
      return { config, state };
    }
    throw new Error('the backup broke off: nothing more came from the server');
  } catch (error) {
    await Promise.all([files.content, unfinished].map((path) => rm(path, { force: true })));
    throw error;
  } finally {
    clearTimeout(stalled);
    chunks.unsubscribe();
  }
};
