import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { dirname, join, normalize } from 'node:path';

import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';

export interface ModuleServer extends AsyncDisposable {
  readonly origin: string;
}

const libraries = join(__dirname, '../../../../libs');

/** Where the packages begin that a page may import by name. */
const packages: Readonly<Record<string, string>> = {
  '@fleet/robot-client': '/libs/robot-client/src/browser.ts',
  '@fleet/robot-protocol': '/libs/robot-protocol/src/index.ts',
  zod: '/zod/index.js',
};

const page = `<!doctype html><title>robot</title><script type="importmap">${JSON.stringify({ imports: packages })}</script>`;

/** A page without anything on it, and the modules of the client one by one as a browser asks for them: nothing is bundled. */
export const serveModules = async (): Promise<ModuleServer> => {
  const zod = dirname(require.resolve('zod'));
  const moduleOf = (path: string): string => {
    const safe = normalize(path);
    if (safe.startsWith('/zod/')) return readFileSync(join(zod, safe.slice('/zod/'.length)), 'utf8');
    if (!safe.startsWith('/libs/')) throw new Error(`there is no ${path}`);
    const source = readFileSync(join(libraries, safe.slice('/libs/'.length)), 'utf8');
    const compilerOptions = {
      module: ModuleKind.ESNext,
      target: ScriptTarget.ES2022,
      verbatimModuleSyntax: true,
    };
    return transpileModule(source, { compilerOptions }).outputText;
  };
  const server = createServer(({ url = '/' }, response) => {
    if (url === '/') {
      response.setHeader('content-type', 'text/html').end(page);
      return;
    }
    try {
      response.setHeader('content-type', 'text/javascript').end(moduleOf(url));
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};
