import { spawn } from 'node:child_process';

/** Outlives this process by a moment to clean up what a killed or careless test leaves behind. */
export interface Warden {
  /** The process to kill; undefined when there is none at the moment. */
  watch(pid: number | undefined): void;
  /** Ends the warden: there is nothing left to clean up. */
  dismiss(): void;
}

/** One shell that waits for the end of its input, which comes when this process dies in whatever way. */
const script = `
pid=
while read -r line; do pid=$line; done
[ -n "$pid" ] && kill -KILL "$pid" 2>/dev/null
[ -n "$1" ] && docker rm --force --volumes "$1" >/dev/null 2>&1
[ -n "$2" ] && rm -rf -- "$2"
exit 0
`;

/**
 * An exit hook would not do: it does not run when the process is killed, and Jest gives tests a copy of `process`
 * whose hooks never run at all.
 */
export const startWarden = (leftovers: { container?: string; directory?: string } = {}): Warden => {
  const shell = spawn('sh', ['-c', script, 'warden', leftovers.container ?? '', leftovers.directory ?? ''], {
    // In a group of its own, or Ctrl-C in the terminal would end it before its work.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  (shell.stdin as unknown as { unref?: () => void }).unref?.();
  return {
    watch: (pid) => void shell.stdin.write(`${pid ?? ''}\n`),
    dismiss: () => void shell.kill('SIGKILL'),
  };
};
