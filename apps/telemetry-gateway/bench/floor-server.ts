import type { AddressInfo } from 'node:net';

import { WebSocketServer } from 'ws';

/**
 * What any gateway on `ws` would cost at least: receives, or receives and parses, and confirms now and then without
 * having stored anything. Kinds: `receive`, `parse`, and `idle` for one that only holds connections and pings them.
 */
const kind = process.argv[2];
const parses = kind === 'parse';
const isIdle = kind === 'idle';
/** As the gateway by default. */
const heartbeatMs = 15_000;
const server = new WebSocketServer({
  port: 0,
  host: '127.0.0.1',
  perMessageDeflate: false,
  clientTracking: isIdle,
});
server.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.send('{"type":"welcome"}');
  if (isIdle) return;
  let seq = 0;
  let said = 0;
  const timer = setInterval(() => {
    if (seq === said) return;
    said = seq;
    socket.send(`{"type":"ack","seq":${seq}}`);
  }, 5);
  socket.on('message', (data: Buffer) => {
    if (parses) seq = (JSON.parse(data.toString()) as { seq: number }).seq;
    else seq += 1;
  });
  socket.on('close', () => clearInterval(timer));
});
if (isIdle)
  setInterval(() => {
    for (const socket of server.clients) socket.ping();
  }, heartbeatMs);
server.on('listening', () => {
  process.stdout.write(`listening ${(server.address() as AddressInfo).port}\n`);
});
