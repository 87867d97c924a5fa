import { runService } from '@fleet/service-runtime';

import { serviceName, startWorker } from './service.ts';
import { workerRules, workerSettings } from './settings.ts';

await runService({
  name: serviceName,
  settings: workerSettings,
  rules: workerRules,
  start: async (lifecycle, tools) => {
    await startWorker(lifecycle, tools);
  },
});
