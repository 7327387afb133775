import { setTimeout as pause } from 'node:timers/promises';
import { Client, type ClientConfig } from 'pg';
import type { Availability } from '../availability.js';
import type { Listening } from '../database.js';
import { oneAtATime } from '../embedded/one-at-a-time.js';

/** How long a loss can stay unnoticed when the other side falls silent without closing the connection. */
const HEARTBEAT_MS = 2000;
const RECONNECT_MS = 250;

interface Listener {
  readonly onMessage: (payload: string) => void;
  readonly afterGap: () => void;
}

/**
 * One connection beside the pool that is never lent out: notifications arrive on it, and it shows whether the server
 * is there. When it breaks it is built anew, until it stands or the line is closed.
 */
export class PostgresLine {
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

  /** @throws what kept the connection from standing */
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
      // From here on whoever begins to listen does so on this connection; the loop below sees to those before.
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
    this.availability.recover();
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
    // Without a connection, or with one that breaks just now, the next one listens.
    if (client) {
      const answered = this.inOrder(() => client.query(`listen ${client.escapeIdentifier(channel)}`));
      await answered.then(afterGap, () => undefined);
    }
    return { close: () => this.unlisten(channel, listener) };
  }

  /** Looks at once whether the server is there: a statement elsewhere has reason to doubt it. */
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
    // A connection that is gone listens no more either.
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

  /** The database is lost only when a new connection cannot be had: a single broken one says little. */
  private async reconnect(cause: unknown): Promise<void> {
    for (let latest = cause; !this.isClosed;) {
      try {
        // oxlint-disable-next-line no-await-in-loop -- one try after the other
        await this.open();
        return;
      } catch (error) {
        latest = error;
      }
      this.availability.lose(latest);
      // oxlint-disable-next-line no-await-in-loop -- the pause between two tries
      await pause(RECONNECT_MS, undefined, { ref: false });
    }
  }
}
