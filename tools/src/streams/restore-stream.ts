import { open, readFile } from 'node:fs/promises';

import type { NatsConnection } from '@nats-io/transport-node';
import { z } from 'zod';

import { askJetStream } from './ask-jetstream.ts';
import { backupFilesIn, type BackupFacts } from './backup-files.ts';

const chunkBytes = 128 * 1024;
/** The server unpacks and checks what it was given before it answers. */
const unpackWithinMs = 3_600_000;

/** What more there is in them is the server's, which judges it. */
const factsRule = z.looseObject({
  config: z.looseObject({ name: z.string().min(1) }),
  state: z.looseObject({
    messages: z.number(),
    bytes: z.number(),
    first_seq: z.number(),
    last_seq: z.number(),
  }),
});

const readFacts = async (path: string): Promise<BackupFacts> => {
  const text = await readFile(path, 'utf8');
  try {
    return factsRule.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`${path} does not describe a backup`, { cause });
  }
};

/** Makes a stream of a backup anew, with its sequences and consumers. Rejects when there is one of its name. */
export const restoreStream = async (nc: NatsConnection, directory: string): Promise<BackupFacts> => {
  const files = backupFilesIn(directory);
  const { config, state } = await readFacts(files.facts);
  await using content = await open(files.content);
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
  for await (const chunk of content.createReadStream({ highWaterMark: chunkBytes }))
    await askJetStream(nc, target, chunk as Buffer);
  return await askJetStream<BackupFacts>(nc, target, new Uint8Array(), unpackWithinMs);
};
