import { WebSocket, type RawData } from 'ws';

/** Who is told what happens to a socket. */
export interface SocketOwner {
  onMessage(data: RawData, isBinary: boolean): void;
  onPong(): void;
  onError(error: Error): void;
  onClose(code: number): void;
}

/**
 * A robot's socket. From the moment it has an owner it tells the owner what happens, and has no listeners: a table of
 * them is a tenth of what an idle socket holds.
 */
export class RobotSocket extends WebSocket {
  owner: SocketOwner | undefined;

  /** As `ws` emits them: what is no business of the owner's goes the usual way. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (this.owner === undefined) return super.emit(event, ...args);
    if (event === 'message') this.owner.onMessage(args[0] as RawData, args[1] as boolean);
    else if (event === 'pong') this.owner.onPong();
    else if (event === 'error') this.owner.onError(args[0] as Error);
    else if (event === 'close') this.owner.onClose(args[0] as number);
    else return super.emit(event, ...args);
    return true;
  }
}
