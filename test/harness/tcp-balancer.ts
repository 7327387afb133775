import { type AddressInfo, type Socket, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const LOOK_EVERY_MS = 100;

/** A load balancer that forwards connections and reads nothing of them. */
export interface TcpBalancer {
  readonly url: string;
  add(instanceUrl: string): void;
  /** Opens no more connections to the instance, as when an orchestrator has removed it. */
  remove(instanceUrl: string): void;
  stop(): Promise<void>;
}

interface Instance {
  readonly url: URL;
  isReady: boolean;
}

function open({ url }: Instance): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect(Number(url.port), url.hostname, () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
}

/** Ends each of two sockets when the other one ends, and as abruptly. */
function join(client: Socket, instance: Socket): void {
  for (const [one, other] of [
    [client, instance],
    [instance, client],
  ] as const) {
    one.on('error', () => other.resetAndDestroy());
    one.on('close', () => other.destroySoon());
    one.pipe(other);
  }
}

/** Starts a balancer that gives connections to ready instances in turns, and asks each one often whether it is ready. */
export async function startTcpBalancer(): Promise<TcpBalancer> {
  let instances: readonly Instance[] = [];
  let turn = 0;
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.once('close', () => clients.delete(client));
    void forward(client);
  });

  async function forward(client: Socket): Promise<void> {
    client.on('error', () => undefined);
    const ready = instances.filter(({ isReady }) => isReady);
    turn += 1;
    for (let tries = 0; tries < ready.length; tries += 1) {
      const chosen = ready[(turn + tries) % ready.length];
      // oxlint-disable-next-line no-await-in-loop -- the next one only if this one refuses
      const socket = chosen && (await open(chosen));
      if (socket) return join(client, socket);
    }
    client.resetAndDestroy();
  }

  const stopping = new AbortController();
  async function look(): Promise<void> {
    while (!stopping.signal.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- looks until it is stopped
      await Promise.all(
        instances.map(async (one) => {
          const answer = await fetch(new URL('/health/ready', one.url)).catch(() => undefined);
          await answer?.arrayBuffer();
          one.isReady = answer?.ok === true;
        }),
      );
      // oxlint-disable-next-line no-await-in-loop -- likewise
      await pause(LOOK_EVERY_MS);
    }
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const looking = look();
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (url) => {
      instances = [...instances, { url: new URL(url), isReady: false }];
    },
    remove: (url) => {
      instances = instances.filter((one) => one.url.href !== new URL(url).href);
    },
    stop: async () => {
      stopping.abort();
      await looking;
      const closed = new Promise((resolve) => server.close(resolve));
      for (const client of clients) client.destroy();
      await closed;
    },
  };
}
