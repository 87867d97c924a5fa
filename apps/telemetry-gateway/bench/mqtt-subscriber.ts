import { once } from 'node:events';

import { connectMqtt, mqttPacket } from './peer.ts';

const subscribe = 0x82;
const disconnect = Buffer.from([0xe0, 0]);

/**
 * Subscribes with QoS 1 in a session that outlives its connection, and leaves: the broker has to keep from here on what
 * comes for it.
 */
export const keepForSubscriber = async (port: number, topics: string): Promise<void> => {
  const socket = await connectMqtt(port, 'bench-store', { isLasting: true });
  const filter = Buffer.from(topics);
  const body = Buffer.concat([Buffer.from([0, 1, 0, filter.length]), filter, Buffer.from([1])]);
  socket.write(mqttPacket(subscribe, body));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  if (answer.at(-1) !== 1) throw new Error(`the broker does not keep ${topics} with QoS 1`);
  socket.end(disconnect);
  await once(socket, 'close');
};
