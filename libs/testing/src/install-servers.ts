import { installPackages } from './apt-get.ts';

const remedy = `NATS and Redis are needed and neither a container engine nor their programs were found. One of these helps:
  - start Docker (or another engine that answers to "docker version");
  - apt-get install nats-server redis-server        (Debian, Ubuntu)
  - brew install nats-server redis                  (macOS)`;

/** Installs both servers with apt-get and says so; throws with the remedy where that is not possible. */
export const installServers = (): void => installPackages(['nats-server', 'redis-server'], remedy);
