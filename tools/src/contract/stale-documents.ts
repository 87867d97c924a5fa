import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const filesBelow = async (directory: string): Promise<string[]> => {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
  } catch {
    return [];
  }
};

/** The paths of documents that differ from what is to be there, are missing, or are there for nothing. */
export const staleDocuments = async (
  directory: string,
  wanted: ReadonlyMap<string, string>,
): Promise<string[]> => {
  const paths = new Set([...wanted.keys(), ...(await filesBelow(directory))]);
  const stale: string[] = [];
  for (const path of [...paths].sort()) {
    const there = await readFile(join(directory, path), 'utf8').catch(() => undefined);
    if (there !== wanted.get(path)) stale.push(path);
  }
  return stale;
};
