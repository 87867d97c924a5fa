import { join } from 'node:path';

import { UsageError } from './options.ts';
import { checkRecording } from './recording.ts';

describe('checkRecording', () => {
  it('lets a file pass', () => {
    expect(() => checkRecording(__filename)).not.toThrow();
  });

  it.each([
    [join(__dirname, 'nowhere.jsonl'), 'does not exist'],
    [__dirname, 'is a directory'],
  ])('refuses %s', (file, why) => {
    expect(() => checkRecording(file)).toThrow(new UsageError(`--replay ${file} ${why}`));
  });
});
