import type { Application, RequestHandler } from 'express';
import { ProblemError } from './problem-error.ts';

/** The part of express's router that this looks at; its types keep it to themselves. */
interface Layer {
  route?: { methods: Record<string, boolean> };
  match(path: string): boolean;
}

/** 405 with `Allow` for a path of the app's own routes that does not know the method. */
export function refuseOtherMethods(app: Application): RequestHandler {
  return (request, _response, next) => {
    const allowed = new Set<string>();
    for (const layer of (app.router as unknown as { stack: Layer[] }).stack) {
      if (!layer.route || !layer.match(request.path)) continue;
      for (const method of Object.keys(layer.route.methods)) allowed.add(method.toUpperCase());
    }
    if (allowed.has('GET')) allowed.add('HEAD');
    const known = allowed.size === 0 || allowed.has('_ALL') || allowed.has(request.method);
    if (known || request.method === 'OPTIONS') {
      next();
      return;
    }
    const list = [...allowed].sort().join(', ');
    throw new ProblemError(405, `this resource answers ${list}`, { Allow: list });
  };
}
