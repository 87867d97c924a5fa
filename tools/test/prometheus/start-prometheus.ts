import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eventually, reservePort, startWarden } from '@fleet/testing';

import { fasterRules } from './faster-rules.ts';

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
}

export interface Prometheus extends AsyncDisposable {
  /** The result of an expression now; rejects when Prometheus does not understand it. */
  query(expression: string): Promise<readonly Sample[]>;
  /** Names of the alerts that fire. */
  firing(): Promise<string[]>;
  /** Names of all metrics of which there is a series. */
  names(): Promise<Set<string>>;
}

const configuration = (ports: Readonly<Record<string, number>>): string =>
  [
    'global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }',
    'rule_files: [alerts.yaml]',
    'scrape_configs:',
    ...Object.entries(ports).map(
      ([job, port]) => `  - { job_name: ${job}, static_configs: [{ targets: ['127.0.0.1:${port}'] }] }`,
    ),
  ].join('\n');

/** A real Prometheus that scrapes each job at its port every second, under the alerts of this repository, made faster. */
export const startPrometheus = async (jobs: Readonly<Record<string, number>>): Promise<Prometheus> => {
  const directory = await mkdtemp(join(tmpdir(), 'fleet-prometheus-'));
  await writeFile(join(directory, 'prometheus.yaml'), configuration(jobs));
  await writeFile(join(directory, 'alerts.yaml'), fasterRules());
  const port = await reservePort();
  const url = `http://127.0.0.1:${port}`;
  const output: string[] = [];
  const child = spawn(
    'prometheus',
    [
      `--config.file=${join(directory, 'prometheus.yaml')}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
  const failed = once(child, 'error').then(() => {
    throw new Error('prometheus is needed: apt-get install --no-install-recommends prometheus');
  });
  const warden = startWarden();
  if (child.pid !== undefined) warden.watch(child.pid);
  const exited = once(child, 'close');

  const ask = async <Data>(path: string): Promise<Data> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const { data, error } = (await response.json()) as { data: Data; error?: string };
    if (!response.ok) throw new Error(`${decodeURIComponent(path)}: ${error}`);
    return data;
  };
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
    warden.dismiss();
    await rm(directory, { recursive: true, force: true });
  };

  try {
    const ready = eventually(async () => (await fetch(`${url}/-/ready`)).ok, { withinMs: 30_000 });
    await Promise.race([ready, failed]);
  } catch (error) {
    if (child.pid !== undefined) await stop();
    throw new Error(`prometheus does not start: ${output.join('')}`, { cause: error });
  }

  return {
    async query(expression) {
      const { result } = await ask<{ result: Sample[] }>(`query?query=${encodeURIComponent(expression)}`);
      return result;
    },
    async firing() {
      const { alerts } = await ask<{
        alerts: { state: string; labels: { alertname: string } }[];
      }>('alerts');
      const names = alerts.filter(({ state }) => state === 'firing').map(({ labels }) => labels.alertname);
      return [...new Set(names)].sort();
    },
    names: async () => new Set(await ask<string[]>('label/__name__/values')),
    [Symbol.asyncDispose]: stop,
  };
};
