import { ProblemError } from '@fleet/service-runtime';
import type { Application } from 'express';

/** 426 for a robot that asks without an upgrade, or whose proxy has dropped it. */
export const addRobotsDoor = (app: Application): void => {
  app.get('/ws/:robot_id', () => {
    throw new ProblemError(426, 'robots connect here with a WebSocket', {
      Upgrade: 'websocket',
      Connection: 'Upgrade',
    });
  });
};
