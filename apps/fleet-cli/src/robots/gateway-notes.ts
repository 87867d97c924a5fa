import type { RobotClient } from '@fleet/robot-client';

/** Says once that the gateway is away, why a robot is refused, and once that all is well again: not once for every robot. */
export class GatewayNotes {
  readonly #note: (line: string) => void;
  readonly #refused = new Set<number>();
  #isAway = false;

  constructor(note: (line: string) => void) {
    this.#note = note;
  }

  watch(robotId: string, client: RobotClient): void {
    client.on('disconnected', ({ meaning, error, retryMs }) => {
      if (this.#isAway || retryMs === null) return;
      this.#isAway = true;
      this.#note(`gateway: ${error?.message ?? meaning}; trying again`);
    });
    client.on('connected', () => {
      if (this.#isAway) this.#note('gateway: connected');
      this.#isAway = false;
    });
    client.on('unauthorized', ({ status }) => {
      if (this.#refused.has(status)) return;
      this.#refused.add(status);
      this.#note(`gateway: refuses ${robotId} with ${status}; look at --token`);
    });
    client.on('replaced', () => this.#note(`${robotId}: another connection took over`));
    client.on('refused', ({ code, detail, seq }) =>
      this.#note(`${robotId}: sample ${seq ?? '?'} refused, ${code}: ${detail}`),
    );
  }
}
