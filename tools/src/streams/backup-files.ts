import { join } from 'node:path';

/** Of a stream when it was backed up. */
export interface BackupState {
  readonly messages: number;
  readonly bytes: number;
  readonly first_seq: number;
  readonly last_seq: number;
}

/** What JetStream says of a backup, and wants to hear at a restore. */
export interface BackupFacts {
  readonly config: { readonly name: string };
  readonly state: BackupState;
}

/** The files of a backup, named as those of the `nats` command, so that either restores what the other has written. */
export const backupFilesIn = (directory: string) => ({
  facts: join(directory, 'backup.json'),
  content: join(directory, 'stream.tar.s2'),
});

export const describeBackup = ({ config, state }: BackupFacts): string =>
  `${config.name}: ${state.messages} messages, sequences ${state.first_seq} to ${state.last_seq}, ${state.bytes} bytes`;
