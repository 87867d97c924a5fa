import { runService } from '@fleet/service-runtime';

import { serviceName, startGateway } from './service.ts';
import { gatewayRules, gatewaySettings } from './settings.ts';

await runService({
  name: serviceName,
  settings: gatewaySettings,
  rules: gatewayRules,
  stopWithinMs: (settings) => settings.DRAIN_SECONDS * 1000 + settings.SHUTDOWN_TIMEOUT_MS,
  start: async (lifecycle, tools) => {
    await startGateway(lifecycle, tools);
  },
});
