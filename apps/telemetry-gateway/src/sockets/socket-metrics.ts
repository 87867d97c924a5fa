import { errorCodes } from '@fleet/robot-protocol';
import { Counter, Gauge, type Registry } from 'prom-client';

import type { RefusalReason } from '../admission/index.ts';

/** The figures of the sockets. */
export interface SocketMetrics {
  message(outcome: 'accepted' | 'refused' | 'throttled', bytes: number): void;
  refused(code: string): void;
  closed(reason: string): void;
  upgrade(status: number): void;
  upgradeRefused(reason: UpgradeRefusal): void;
}

/** Why a request to connect was refused: by admission, or before it was asked. */
export type UpgradeRefusal = RefusalReason | 'path' | 'handshake' | 'error';

export interface SocketGauges {
  connections(): number;
  paused(): number;
  waitingSamples(): number;
}

export const createSocketMetrics = (registry: Registry, gauges: SocketGauges): SocketMetrics => {
  const registers = [registry];
  const messages = { accepted: 0, refused: 0, throttled: 0 };
  let receivedBytes = 0;
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('fleet_gateway_connections', 'Robots connected to this instance', () => gauges.connections());
  gauge('fleet_gateway_paused_connections', 'Connections that are not being read', () => gauges.paused());
  gauge('fleet_gateway_waiting_samples', 'Samples on their way to be stored', () => gauges.waitingSamples());
  new Counter({
    name: 'fleet_gateway_messages_total',
    help: 'Messages of robots',
    labelNames: ['outcome'],
    registers,
    collect() {
      this.reset();
      for (const [outcome, count] of Object.entries(messages)) this.inc({ outcome }, count);
    },
  });
  new Counter({
    name: 'fleet_gateway_received_bytes_total',
    help: 'Bytes of messages of robots',
    registers,
    collect() {
      this.reset();
      this.inc(receivedBytes);
    },
  });
  const rejects = new Counter({
    name: 'fleet_gateway_rejects_total',
    help: 'Refused messages and samples',
    labelNames: ['code'],
    registers,
  });
  // The first of a kind is no increase of a series that was not there before.
  for (const code of errorCodes) rejects.inc({ code }, 0);
  const closes = new Counter({
    name: 'fleet_gateway_closed_connections_total',
    help: 'Connections that ended',
    labelNames: ['reason'],
    registers,
  });
  const upgrades = new Counter({
    name: 'fleet_gateway_upgrades_total',
    help: 'Requests to connect, by the status they were answered with',
    labelNames: ['status'],
    registers,
  });
  const refusals = new Counter({
    name: 'fleet_gateway_refused_upgrades_total',
    help: 'Requests to connect that were refused, by reason',
    labelNames: ['reason'],
    registers,
  });
  return {
    message(outcome, bytes) {
      messages[outcome] += 1;
      receivedBytes += bytes;
    },
    refused: (code) => rejects.inc({ code }),
    closed: (reason) => closes.inc({ reason }),
    upgrade: (status) => upgrades.inc({ status }),
    upgradeRefused: (reason) => refusals.inc({ reason }),
  };
};
