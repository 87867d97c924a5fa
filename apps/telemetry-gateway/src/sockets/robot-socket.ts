import { WebSocket, type RawData } from 'ws';

/** Who is told what happens to a socket. */
export interface SocketOwner {
  onMessage(data: RawData, isBinary: boolean): void;
  onPong(): void;
  onError(error: Error): void;
  onClose(code: number): void;
}

/** A robot's socket. Its listeners are the same for all sockets: an idle one holds none of its own. */
export class RobotSocket extends WebSocket {
  owner: SocketOwner | undefined;

  /** Tells the owner from here on what happens. */
  tell(owner: SocketOwner): void {
    this.owner = owner;
    this.on('message', onMessage).on('pong', onPong).on('error', onError).on('close', onClose);
  }
}

function onMessage(this: WebSocket, data: RawData, isBinary: boolean): void {
  ownerOf(this)?.onMessage(data, isBinary);
}

function onPong(this: WebSocket): void {
  ownerOf(this)?.onPong();
}

function onError(this: WebSocket, error: Error): void {
  ownerOf(this)?.onError(error);
}

function onClose(this: WebSocket, code: number): void {
  ownerOf(this)?.onClose(code);
}

const ownerOf = (socket: WebSocket): SocketOwner | undefined =>
  socket instanceof RobotSocket ? socket.owner : undefined;
