import { Counter, type Registry } from 'prom-client';
import type { PresenceCounts } from './presence-counts.ts';

const help: Record<keyof PresenceCounts, [name: string, help: string]> = {
  takeovers: ['fleet_gateway_takeovers_total', 'Connections taken over by a newer one of the same robot'],
  contested: [
    'fleet_gateway_contested_connections_total',
    'New connections that had to wait: two robots fight for one id',
  ],
  lostClosed: [
    'fleet_gateway_lost_connections_closed_total',
    'Connections of lost gateways that this one closed',
  ],
  declaredLost: [
    'fleet_gateway_declared_lost_total',
    'Connections of this gateway that others took for lost',
  ],
};

/** Shows what presence counts. */
export function registerPresenceMetrics(registry: Registry, counts: () => Readonly<PresenceCounts>): void {
  for (const [key, [name, text]] of Object.entries(help) as [keyof PresenceCounts, [string, string]][]) {
    new Counter({
      name,
      help: text,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(counts()[key]);
      },
    });
  }
}
