import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'));

/** Is what the lockfile says what is installed? Times of files would not tell: a checkout renews them. */
const isInstalled = () => {
  const installedLock = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installedLock)) return false;
  const { packages: wanted } = readJson(join(root, 'package-lock.json'));
  const { packages: installed } = readJson(installedLock);
  return Object.entries(wanted).every(
    ([path, { optional, devOptional, peer, link, version }]) =>
      !path.startsWith('node_modules/') ||
      optional ||
      devOptional ||
      peer ||
      (link ? installed[path]?.link : installed[path]?.version === version),
  );
};

/** Installs the dependencies when they are missing or not those of the lockfile. */
export const ensureDependencies = () => {
  if (isInstalled()) return;
  console.log('Installing the dependencies (npm ci)');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) {
    console.error('npm ci failed: see above');
    process.exit(1);
  }
};

/** Every project of the workspace: its name and its directory. */
export const projects = () =>
  ['apps', 'libs', '.']
    .flatMap((room) =>
      room === '.' ? ['tools'] : readdirSync(join(root, room)).map((name) => join(room, name)),
    )
    .map((path) => join(root, path))
    .filter((directory) => existsSync(join(directory, 'package.json')))
    .map((directory) => ({ name: readJson(join(directory, 'package.json')).nx.name, directory }));

/** Nx as a script runs it: no background process, no screen of its own. */
export const quietNx = { NX_DAEMON: 'false', NX_TUI: 'false', NX_NO_CLOUD: 'true' };

export const binary = (name) => join(root, 'node_modules/.bin', name);

/** Node's arguments before a TypeScript module of this workspace. */
export const typeScript = [
  '--conditions=@fleet/source',
  '--import',
  new URL('../../node_modules/tsx/dist/loader.mjs', import.meta.url).href,
];

const minute = 60_000;

/** Runs a command to its end; gives its exit code, 124 when it had to be killed. */
export const run = (command, args, { cwd = root, env = {}, timeoutMs = 20 * minute } = {}) =>
  new Promise((settle) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      console.error(`killed after ${timeoutMs / minute} minutes: ${command} ${args.join(' ')}`);
      child.kill('SIGKILL');
    }, timeoutMs);
    child.on('error', (error) => console.error(error.message));
    child.on('close', (code) => {
      clearTimeout(timer);
      settle(late ? 124 : (code ?? 1));
    });
  });
