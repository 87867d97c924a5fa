import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { contractDocuments } from './contract/contract-documents.ts';
import { staleDocuments } from './contract/stale-documents.ts';

const directory = join(import.meta.dirname, '../../libs/event-envelope/contract');

const documents = contractDocuments();
const stale = await staleDocuments(directory, documents);

if (!process.argv.includes('--check')) {
  await rm(directory, { recursive: true, force: true });
  for (const [path, text] of documents) {
    const file = join(directory, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  console.log(`${documents.size} documents of the contract written, ${stale.length} of them changed`);
} else if (stale.length > 0) {
  console.error(`stale in ${directory}; run "npm run generate":\n  ${stale.join('\n  ')}`);
  process.exitCode = 1;
} else {
  console.log(`${documents.size} documents of the contract are up to date`);
}
