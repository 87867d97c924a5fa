import type { ReconnectSettings } from './reconnect-plan.ts';

/** A robot's token, or what gives one whenever a connection is opened. */
export type TokenSource = string | (() => string | Promise<string>);

export interface ClientSettings {
  readonly url: string;
  readonly session: string;
  readonly token: TokenSource | undefined;
  readonly dialTimeoutMs: number;
  readonly reconnect: ReconnectSettings;
  readonly whenReplaced: 'stop' | 'reconnect';
}
