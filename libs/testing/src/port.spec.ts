import { once } from 'node:events';
import { createServer } from 'node:net';

import { reservePort } from './port.ts';

describe('reservePort', () => {
  it('gives a port on which a server can listen', async () => {
    const port = await reservePort();
    const server = createServer().listen(port, '127.0.0.1');
    await once(server, 'listening');
    expect(server.address()).toMatchObject({ port });
    server.close();
    await once(server, 'close');
  });

  it('keeps away from the ports of outgoing connections', async () => {
    const ports = await Promise.all(Array.from({ length: 10 }, reservePort));
    expect(Math.max(...ports)).toBeLessThan(32_768);
  });
});
