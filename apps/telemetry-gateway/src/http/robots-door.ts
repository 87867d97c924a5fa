import { ProblemError } from '@fleet/service-runtime';
import type { Application, RequestHandler } from 'express';

const door = /^\/ws\/[^/]+\/?$/i;

/** Leaves out the path where robots connect: what stands there says how to come in, and tells nothing else. */
export const exceptRobotsDoor =
  (authenticate: RequestHandler): RequestHandler =>
  // What it refuses by a promise is for whoever called.
  (request, response, next) =>
    door.test(request.path) ? next() : authenticate(request, response, next);

/** 426 for a robot that asks without an upgrade, or whose proxy has dropped it. */
export const addRobotsDoor = (app: Application): void => {
  app.get('/ws/:robot_id', () => {
    throw new ProblemError(426, 'robots connect here with a WebSocket', {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
    });
  });
};
