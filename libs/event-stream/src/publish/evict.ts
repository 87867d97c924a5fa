import type { Delivery } from '@fleet/event-envelope';

import type { Bound } from '../settings.ts';
import type { Lane } from './lane.ts';
import type { Message } from './message.ts';

/** What goes first when there is no room. */
const worth: readonly Delivery[] = ['expendable', 'acknowledged', 'durable'];

/** Nobody waits for it, and it is neither on the wire nor on its way to the outbox. */
const mayGo = (message: Message): boolean =>
  message.waiter === undefined && message.place !== 'in_flight' && !message.moving;

/**
 * Chooses what to give up of a lane that is full: the oldest of what is worth least, a sixteenth of the bound at once,
 * so that the search costs little for each event.
 */
export const chooseVictims = (lane: Lane, bound: Bound): Message[] => {
  const victims: Message[] = [];
  let excess = lane.held.size - bound.messages * (15 / 16);
  let excessBytes = lane.held.weight - bound.bytes * (15 / 16);
  for (const delivery of worth) {
    let left = lane.held.counts[delivery];
    for (let message = lane.held.first; message !== null && left > 0; message = message.next) {
      if (excess <= 0 && excessBytes <= 0) return victims;
      if (message.delivery !== delivery) continue;
      left -= 1;
      if (!mayGo(message)) continue;
      victims.push(message);
      excess -= 1;
      excessBytes -= message.weight;
    }
  }
  return victims;
};
