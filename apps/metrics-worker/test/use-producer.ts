import { startRedis, type Server } from '@fleet/testing';

import { connectProducer, type Producer } from './missions-fixture.ts';

/** A producer, and the address of the Redis that it writes to. */
export interface ProducerAt extends Omit<Producer, typeof Symbol.asyncDispose> {
  readonly url: string;
}

/** Has a file's tests share a Redis, which is empty when each of them begins. To be called once in a file. */
export const useProducer = (): ProducerAt => {
  let server: Server;
  let producer: Producer;

  beforeAll(async () => {
    server = await startRedis();
    producer = await connectProducer(server.url);
  }, 120_000);

  afterAll(async () => {
    await producer[Symbol.asyncDispose]();
    await server.stop();
  });

  beforeEach(() => producer.redis.commands.flushall());

  return {
    get url() {
      return server.url;
    },
    get redis() {
      return producer.redis;
    },
    add: (fields) => producer.add(fields),
    addAll: (entries) => producer.addAll(entries),
  };
};
