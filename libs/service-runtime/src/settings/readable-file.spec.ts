import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { commonSettings } from './common-settings.ts';
import { integer } from './fields.ts';
import { parseSettings } from './parse-settings.ts';
import { readableFile } from './readable-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'readable-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('readableFile', () => {
  const schema = z.object({ KEY_FILE: readableFile().optional(), PORT: integer().default(1) });

  it('gives the path of a file, also behind a link', () => {
    const path = join(folder, 'key.pem');
    writeFileSync(path, 'key');
    symlinkSync(path, join(folder, 'link'));
    expect(parseSettings(schema, { KEY_FILE: path }).KEY_FILE).toBe(path);
    expect(parseSettings(schema, { KEY_FILE: join(folder, 'link') }).KEY_FILE).toBe(join(folder, 'link'));
    expect(parseSettings(schema, {}).KEY_FILE).toBeUndefined();
  });

  it('names variable and path of one that is not there, beside every other mistake', () => {
    const absent = join(folder, 'absent.pem');
    const parse = () => parseSettings(schema, { KEY_FILE: absent, PORT: 'x' });
    expect(parse).toThrow(`KEY_FILE: expected a file that can be read, got "${absent}": ENOENT`);
    expect(parse).toThrow('PORT: expected an integer');
  });

  it('refuses a folder', () => {
    expect(() => parseSettings(schema, { KEY_FILE: folder })).toThrow(`got "${folder}": it is a folder`);
  });
});

describe('the files of NATS', () => {
  it.each(['NATS_CREDS_FILE', 'NATS_CA_FILE'])('are looked at before anything starts: %s', (variable) => {
    const parse = () => parseSettings(z.object(commonSettings), { [variable]: join(folder, 'absent') });
    expect(parse).toThrow(`${variable}: expected a file that can be read`);
  });
});
