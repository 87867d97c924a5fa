import { reservePort } from '@fleet/testing';

import { startGatewayProcess, type GatewayProcess } from '../harness/gateway-process.ts';

/** Gateways as processes that keep their ports, so that a balancer finds them again after a restart. */
export class Gateways implements AsyncDisposable {
  readonly ports: readonly number[];
  readonly #env: Record<string, string>;
  readonly #running: (GatewayProcess | undefined)[];

  private constructor(ports: readonly number[], env: Record<string, string>) {
    this.ports = ports;
    this.#env = env;
    this.#running = ports.map(() => undefined);
  }

  static async start(count: number, env: Record<string, string>): Promise<Gateways> {
    const ports: number[] = [];
    while (ports.length < count) ports.push(await reservePort());
    const gateways = new Gateways(ports, env);
    await Promise.all(ports.map((_, index) => gateways.start(index)));
    return gateways;
  }

  async start(index: number): Promise<void> {
    const env = { ...this.#env, PORT: String(this.ports[index]), SERVICE_INSTANCE: `gateway-${index}` };
    this.#running[index] = await startGatewayProcess(env);
  }

  of(index: number): GatewayProcess {
    const gateway = this.#running[index];
    if (gateway === undefined) throw new Error(`gateway ${index} does not run`);
    return gateway;
  }

  /** kill -9; resolves when it is gone. */
  async kill(index: number): Promise<void> {
    const { child } = this.of(index);
    child.kill('SIGKILL');
    await child.exited;
    this.#running[index] = undefined;
  }

  freeze(index: number): void {
    process.kill(this.of(index).child.pid, 'SIGSTOP');
  }

  thaw(index: number): void {
    process.kill(this.of(index).child.pid, 'SIGCONT');
  }

  /** SIGTERM to all that run; how each exited. */
  async terminate(): Promise<unknown[]> {
    const running = this.#running.flatMap((gateway) => gateway ?? []);
    for (const { child } of running) child.kill('SIGTERM');
    return Promise.all(running.map(({ child }) => child.exited));
  }

  /** What the instances say of a robot: `undefined` from one that does not know. */
  async shown(robotId: string): Promise<(Record<string, unknown> | undefined)[]> {
    return Promise.all(
      this.ports.map(async (port) => {
        const response = await fetch(`http://127.0.0.1:${port}/robots/${robotId}`, {
          signal: AbortSignal.timeout(10_000),
        });
        return response.ok ? ((await response.json()) as Record<string, unknown>) : undefined;
      }),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const gateway of this.#running) await gateway?.child[Symbol.asyncDispose]();
  }
}
