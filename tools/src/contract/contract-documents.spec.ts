import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Parser } from '@asyncapi/parser';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { eventTypes } from '@fleet/event-envelope';

import { asyncapiDocument } from './asyncapi-document.ts';
import { contractDocuments } from './contract-documents.ts';
import { eventSchemaDocument, schemaFileOf } from './event-schema-document.ts';
import { staleDocuments } from './stale-documents.ts';

const envelope = join(__dirname, '../../../libs/event-envelope');

describe('the AsyncAPI document', () => {
  it('is valid AsyncAPI 3 with a channel, a message and an operation for every event', async () => {
    const { document, diagnostics } = await new Parser().parse(JSON.stringify(asyncapiDocument()));
    const found: readonly { severity: number; message: string; path: PropertyKey[] }[] = diagnostics;
    const errors = found.filter(({ severity }) => severity === 0);
    expect(errors.map(({ message, path }) => `${path.map(String).join('.')}: ${message}`)).toEqual([]);
    expect(document?.version()).toBe('3.0.0');
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.address()),
    ).toHaveLength(eventTypes.length);
    expect(document?.operations().all()).toHaveLength(eventTypes.length);
    expect(document?.channels().get('telemetry.connection_closed')?.address()).toBe(
      'charter.v1.telemetry.connection_closed.{robot_id}',
    );
  }, 60_000);
});

describe('the JSON Schemas', () => {
  it.each(eventTypes)('take the golden example of %s and refuse it without its payload', async (type) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const validate = ajv.compile(eventSchemaDocument(type));
    const example = JSON.parse(await readFile(join(envelope, 'examples', `${type}.json`), 'utf8')) as object;
    expect(validate(example)).toBe(true);
    expect(validate({ ...example, payload: undefined })).toBe(false);
  });
});

describe('staleDocuments', () => {
  it('finds nothing in what is committed', async () => {
    await expect(staleDocuments(join(envelope, 'contract'), contractDocuments())).resolves.toEqual([]);
  });

  it('finds what differs, what is missing and what is there for nothing', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'contract-'));
    try {
      const wanted = new Map([
        ['same.json', 'same'],
        ['differs.json', 'new'],
        ['missing.json', 'text'],
      ]);
      await writeFile(join(directory, 'same.json'), 'same');
      await writeFile(join(directory, 'differs.json'), 'old');
      await writeFile(join(directory, 'superfluous.json'), 'text');
      await expect(staleDocuments(directory, wanted)).resolves.toEqual([
        'differs.json',
        'missing.json',
        'superfluous.json',
      ]);
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  it('is asked of a document for every event', async () => {
    const files = await readdir(join(envelope, 'contract/schemas'));
    expect(files.sort()).toEqual(eventTypes.map((type) => schemaFileOf(type).replace('schemas/', '')).sort());
  });
});
