export type ServiceState = 'starting' | 'ready' | 'draining';
export type DependencyStatus = 'ok' | 'degraded' | 'down';

export interface ReadinessReport {
  state: ServiceState;
  /** Whether work may be sent here. */
  ready: boolean;
  dependencies: Record<string, DependencyStatus>;
}

export interface Readiness {
  set(state: ServiceState): void;
  /**
   * `check` says at once what is known. Only a `required` dependency that is down makes the service unready: without
   * the others it does less, and says so, but does it.
   */
  dependency(name: string, check: () => DependencyStatus, options?: { required?: boolean }): void;
  report(): ReadinessReport;
}

export function createReadiness(): Readiness {
  const checks = new Map<string, { check: () => DependencyStatus; required: boolean }>();
  let state: ServiceState = 'starting';
  return {
    set(next) {
      state = next;
    },
    dependency(name, check, { required = false } = {}) {
      checks.set(name, { check, required });
    },
    report() {
      const dependencies: Record<string, DependencyStatus> = {};
      let ready = state === 'ready';
      for (const [name, { check, required }] of checks) {
        const status = statusOf(check);
        dependencies[name] = status;
        if (required && status === 'down') ready = false;
      }
      return { state, ready, dependencies };
    },
  };
}

function statusOf(check: () => DependencyStatus): DependencyStatus {
  try {
    return check();
  } catch {
    return 'down';
  }
}
