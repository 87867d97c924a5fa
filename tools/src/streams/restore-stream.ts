import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';

import type { NatsConnection } from '@nats-io/transport-node';

import { askJetStream } from './ask-jetstream.ts';
import { backupFilesIn, type BackupFacts } from './backup-files.ts';

const chunkBytes = 128 * 1024;
/** The server unpacks and checks what it was given before it answers. */
const unpackWithinMs = 3_600_000;

/** Makes a stream of a backup anew, with its sequences and consumers. Rejects when there is one of its name. */
export const restoreStream = async (nc: NatsConnection, directory: string): Promise<BackupFacts> => {
  const files = backupFilesIn(directory);
  const { config, state } = JSON.parse(await readFile(files.facts, 'utf8')) as BackupFacts;
  // The server may say first that it has no room for both.
  const isThere = await askJetStream(nc, `$JS.API.STREAM.INFO.${config.name}`, {}).then(
    () => true,
    () => false,
  );
  if (isThere) throw new Error(`${config.name} is there: a backup is restored where its stream is not`);
  const { deliver_subject: target } = await askJetStream<{ deliver_subject: string }>(
    nc,
    `$JS.API.STREAM.RESTORE.${config.name}`,
    { config, state },
  );
  for await (const chunk of createReadStream(files.content, { highWaterMark: chunkBytes }))
    await askJetStream(nc, target, chunk as Buffer);
  return askJetStream<BackupFacts>(nc, target, new Uint8Array(), unpackWithinMs);
};
