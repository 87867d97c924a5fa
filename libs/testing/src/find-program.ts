import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Debian installs nats-server where the PATH of an ordinary user does not look. */
const furtherDirectories = ['/usr/local/sbin', '/usr/sbin', '/sbin'];

/** The path of an executable, from the PATH and the directories of system programs. */
export const findProgram = (name: string): string | undefined =>
  [...(process.env['PATH'] ?? '').split(delimiter), ...furtherDirectories]
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
