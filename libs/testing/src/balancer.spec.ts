import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { text } from 'node:stream/consumers';

import { startBalancer } from './balancer.ts';

const startSpeaker = async (says: string): Promise<{ server: Server; port: number }> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (heard) => socket.end(`${says} ${heard.toString()}`));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, port: (server.address() as AddressInfo).port };
};

const ask = async (port: number) => {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.write('hello');
  return text(socket);
};

describe('startBalancer', () => {
  it('takes its targets in turn', async () => {
    const [one, two] = [await startSpeaker('one'), await startSpeaker('two')];
    await using balancer = await startBalancer([one.port, two.port]);
    const replies = [await ask(balancer.port), await ask(balancer.port), await ask(balancer.port)];
    expect(replies).toEqual(['one hello', 'two hello', 'one hello']);
    one.server.close();
    two.server.close();
  });

  it('passes over a target that is down', async () => {
    const [one, two] = [await startSpeaker('one'), await startSpeaker('two')];
    one.server.close();
    await once(one.server, 'close');
    await using balancer = await startBalancer([one.port, two.port]);
    expect([await ask(balancer.port), await ask(balancer.port)]).toEqual(['two hello', 'two hello']);
    two.server.close();
  });

  it('closes a connection when every target is down', async () => {
    const one = await startSpeaker('one');
    one.server.close();
    await once(one.server, 'close');
    await using balancer = await startBalancer([one.port]);
    const socket = connect({ port: balancer.port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    await once(socket, 'close');
    expect(socket.bytesRead).toBe(0);
  });
});
