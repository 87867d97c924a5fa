import { accessSync, constants, statSync } from 'node:fs';
import { field, type Field } from './field.ts';

/** The path of a file that this process may read, looked at when the settings are. */
export const readableFile = (): Field<string> =>
  field((path) => {
    const because = whyUnreadable(path);
    return because === undefined
      ? { value: path }
      : { expected: 'a file that can be read', shown: path, because };
  });

function whyUnreadable(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK);
    return statSync(path).isDirectory() ? 'it is a folder' : undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
