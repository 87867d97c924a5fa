import type { RequestHandler } from 'express';

const open = /^\/(?:ws\/[^/]+|openapi\.json)\/?$/i;

/**
 * Leaves out what says how to come in, and tells nothing else: the path where robots connect, and the contract, which
 * everybody has who has the program.
 */
export const exceptOpenPaths =
  (authenticate: RequestHandler): RequestHandler =>
  // What it refuses by a promise is for whoever called.
  (request, response, next) =>
    open.test(request.path) ? next() : authenticate(request, response, next);
