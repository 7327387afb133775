import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { Availability } from '../availability.js';
import type { Listening } from '../database.js';
import { oneAtATime } from './one-at-a-time.js';
import { NO_LIMITS, setSession } from './session-settings.js';

/** How long a loss may remain unnoticed if the server goes silent without closing the connection. */
const HEARTBEAT_MS = 2000;
const RECONNECT_MS = 250;

interface Listener {
  readonly onMessage: (payload: string) => void;
  readonly afterGap: () => void;
}

/**
 * A dedicated connection beside the pool: it receives notifications, and monitors whether the server can be reached. When
 * it breaks it reconnects until that succeeds or it is closed.
 */
export class PostgresConnection {
  private client: Client | undefined;
  private isClosed = false;
  private isOpening = false;
  private isBeating = false;
  private heartbeat: NodeJS.Timeout | undefined;
  private readonly inOrder = oneAtATime();
  private readonly listeners = new Map<string, Set<Listener>>();

  constructor(
    private readonly connection: ClientConfig,
    private readonly availability: Availability,
  ) {}

  /** @throws the error of the driver */
  async open(): Promise<void> {
    const client = new Client(this.connection);
    const dropped = (cause?: Error): void => this.dropped(client, cause ?? new Error('the connection ended'));
    client.on('error', dropped);
    client.on('end', () => dropped());
    client.on('notification', ({ channel, payload = '' }) => {
      for (const { onMessage } of this.listeners.get(channel) ?? []) onMessage(payload);
    });
    this.isOpening = true;
    try {
      await client.connect();
      await setSession(client, NO_LIMITS);
      // A new listener uses this connection from here on; the loop below restores the earlier listeners.
      this.client = client;
      for (const channel of this.listeners.keys()) {
        // oxlint-disable-next-line no-await-in-loop -- one connection, one statement at a time
        await client.query(`listen ${client.escapeIdentifier(channel)}`);
      }
    } catch (error) {
      this.client = undefined;
      void client.end().catch(() => undefined);
      throw error;
    } finally {
      this.isOpening = false;
    }
    if (this.isClosed) return void client.end().catch(() => undefined);
    this.scheduleHeartbeat();
    this.availability.markAvailable();
    for (const { afterGap } of [...this.listeners.values()].flatMap((some) => [...some])) afterGap();
  }

  async listen(
    channel: string,
    onMessage: (payload: string) => void,
    afterGap = (): void => undefined,
  ): Promise<Listening> {
    const listener = { onMessage, afterGap };
    const others = this.listeners.get(channel) ?? new Set();
    this.listeners.set(channel, others.add(listener));
    const { client } = this;
    // Without a connection, or if it breaks just now, the next connection listens.
    if (client) {
      const answered = this.inOrder(() => client.query(`listen ${client.escapeIdentifier(channel)}`));
      await answered.then(afterGap, () => undefined);
    }
    return { close: () => this.unlisten(channel, listener) };
  }

  /** Checks at once whether the server can be reached, because a statement on another connection failed. */
  check(): void {
    if (this.client && !this.isBeating) void this.beat(this.client);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.heartbeat);
    const { client } = this;
    this.client = undefined;
    await client?.end();
  }

  private async unlisten(channel: string, listener: Listener): Promise<void> {
    const others = this.listeners.get(channel);
    others?.delete(listener);
    if (others?.size !== 0) return;
    this.listeners.delete(channel);
    // A dead connection does not listen any more.
    const { client } = this;
    if (!client) return;
    const answered = this.inOrder(() => client.query(`unlisten ${client.escapeIdentifier(channel)}`));
    await answered.catch(() => undefined);
  }

  private scheduleHeartbeat(): void {
    const { client } = this;
    if (client) this.heartbeat = setTimeout(() => void this.beat(client), HEARTBEAT_MS).unref();
  }

  private async beat(client: Client): Promise<void> {
    clearTimeout(this.heartbeat);
    this.isBeating = true;
    try {
      await this.inOrder(() => client.query('select 1'));
      if (this.client === client) this.scheduleHeartbeat();
    } catch (error) {
      this.dropped(client, error);
    } finally {
      this.isBeating = false;
    }
  }

  private dropped(client: Client, cause: unknown): void {
    if (this.client !== client || this.isOpening) return;
    this.client = undefined;
    clearTimeout(this.heartbeat);
    void client.end().catch(() => undefined);
    void this.reconnect(cause);
  }

  /** The database counts as lost only if a new connection fails: one broken connection proves little. */
  private async reconnect(cause: unknown): Promise<void> {
    for (let latest = cause; !this.isClosed;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        await this.open();
        return;
      } catch (error) {
        latest = error;
      }
      this.availability.markLost(latest);
      // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
      await pause(RECONNECT_MS, undefined, { ref: false });
    }
  }
}
