export { startBalancer, type Balancer } from './balancer.ts';
export { startChild, type Child, type ChildExit, type ChildOptions } from './child.ts';
export { eventually } from './eventually.ts';
export { startFakeClock, type FakeClock } from './fake-clock.ts';
export {
  startNatsCluster,
  type NatsCluster,
  type NatsClusterOptions,
  type NatsLogin,
  type NatsMember,
} from './nats-cluster.ts';
export { startNats, type NatsOptions } from './nats.ts';
export { isPortFree, reservePort } from './port.ts';
export { readStored } from './read-stored.ts';
export { startRedisGroup, type RedisGroup } from './redis-group.ts';
export { startRedis, type RedisOptions } from './redis.ts';
export { serverMode, type ServerMode } from './server-mode.ts';
export type { Layout, Place, Server } from './server.ts';
export { startWarden, type Warden } from './warden.ts';
