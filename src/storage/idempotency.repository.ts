import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { Database } from './database.js';

/** Whose key it is. A key means nothing beyond its principal and endpoint. */
export interface RecordKey {
  readonly principal: string;
  readonly endpoint: string;
  readonly key: string;
}

export interface Reservation {
  /** Of the body: the same key with another body is a conflict. */
  readonly fingerprint: Buffer;
  readonly leaseMs: number;
  /** Whether the work may credit points, which must not happen twice: nobody takes it over when its lease ends. */
  readonly creditsPoints: boolean;
}

export interface StoredAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Reserved =
  /** The caller does the work, and ends it with `finish` or `release`. */
  | { readonly kind: 'reserved'; readonly leaseToken: string }
  /** Somebody else is at it. */
  | { readonly kind: 'running'; readonly retryAfterMs: number }
  /** It has been done, and this was the answer. */
  | { readonly kind: 'replay'; readonly answer: StoredAnswer }
  /** The key was used for something else. */
  | { readonly kind: 'conflict' }
  /** Whoever was at it is gone, and may have credited points: the outcome of these updates is unknown. */
  | { readonly kind: 'abandoned'; readonly updateIds: readonly string[] };

/** The columns of a record that a new reservation replaces when it may have the place of an old one. */
const REPLACED = [
  'fingerprint',
  'credits_points',
  'state',
  'lease_token',
  'lease_until',
  'update_ids',
  'status',
  'headers',
  'body',
  'created_at',
  'expires_at',
];

/** A record gives way when its time is over, or when its work was left behind and can be done again harmlessly. */
const GIVES_WAY = `(
  r.expires_at <= now()
  or (r.state = 'running' and r.lease_until <= now()
    and not r.credits_points and r.fingerprint = excluded.fingerprint))`;

/**
 * One statement, whoever else does the same at the same time: the row is locked while it is decided whose it is. Where
 * the old record stays it is written as it was, because only a row that was written is returned.
 */
const RESERVE = `
  insert into meniscus.idempotency_records as r
    (principal, endpoint, key, fingerprint, credits_points, state, lease_token, lease_until, expires_at)
  values ($1, $2, $3, $4, $5, 'running', $6,
    now() + $7::float8 * interval '1 millisecond', now() + $8::float8 * interval '1 millisecond')
  on conflict (principal, endpoint, key) do update set
    ${REPLACED.map((name) => `${name} = case when ${GIVES_WAY} then excluded.${name} else r.${name} end`).join(',\n    ')}
  returning
    case
      when r.lease_token = $6 then 'reserved'
      when r.fingerprint <> $4 then 'conflict'
      when r.state = 'final' then 'replay'
      when r.lease_until > now() then 'running'
      else 'abandoned'
    end as kind,
    (extract(epoch from r.lease_until - now()) * 1000)::float8 as lease_left_ms,
    r.update_ids, r.status, r.headers, r.body`;

interface ReservedRow {
  readonly kind: Reserved['kind'];
  readonly lease_left_ms: number;
  readonly update_ids: string[];
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** The first answer under each key, and who is at work on one. */
@Injectable()
export class IdempotencyRepository {
  constructor(
    private readonly database: Database,
    private readonly settings: Settings,
  ) {}

  /** Asks for the right to do the work under this key. */
  async reserve({ principal, endpoint, key }: RecordKey, reservation: Reservation): Promise<Reserved> {
    const leaseToken = randomUUID();
    const { fingerprint, creditsPoints, leaseMs } = reservation;
    const { IDEMPOTENCY_RETENTION_MS: keepMs } = this.settings;
    const { rows } = await this.database.query<ReservedRow>(RESERVE, [
      principal,
      endpoint,
      key,
      fingerprint,
      creditsPoints,
      leaseToken,
      leaseMs,
      keepMs,
    ]);
    const [row] = rows;
    if (!row) throw new Error('A reservation is always answered.');
    switch (row.kind) {
      case 'reserved':
        return { kind: 'reserved', leaseToken };
      case 'running':
        return { kind: 'running', retryAfterMs: Math.ceil(row.lease_left_ms) };
      case 'replay':
        return {
          kind: 'replay',
          answer: { status: row.status, headers: row.headers, body: Buffer.from(row.body) },
        };
      case 'conflict':
        return { kind: 'conflict' };
      case 'abandoned':
        return { kind: 'abandoned', updateIds: row.update_ids };
    }
  }

  /**
   * Notes which updates are about to be sent under the lease, so that an abandoned record can name them.
   *
   * @returns false when the lease is somebody else's by now: nothing may be sent
   */
  async noteUpdates(leaseToken: string, updateIds: readonly string[]): Promise<boolean> {
    return this.changed(
      `update meniscus.idempotency_records set update_ids = $2 where lease_token = $1 and state = 'running'`,
      [leaseToken, [...updateIds]],
    );
  }

  /** @returns false when the lease is somebody else's by now */
  async extendLease(leaseToken: string, leaseMs: number): Promise<boolean> {
    return this.changed(
      `update meniscus.idempotency_records set lease_until = now() + $2::float8 * interval '1 millisecond'
       where lease_token = $1 and state = 'running'`,
      [leaseToken, leaseMs],
    );
  }

  /**
   * Keeps the answer, for as long as records are kept.
   *
   * @returns false when the lease is somebody else's by now: theirs will be the answer
   */
  async finish(leaseToken: string, { status, headers, body }: StoredAnswer): Promise<boolean> {
    return this.changed(
      `update meniscus.idempotency_records
       set state = 'final', lease_token = null, lease_until = null, status = $2, headers = $3::jsonb, body = $4,
         expires_at = now() + $5::float8 * interval '1 millisecond'
       where lease_token = $1 and state = 'running'`,
      [leaseToken, status, JSON.stringify(headers), body, this.settings.IDEMPOTENCY_RETENTION_MS],
    );
  }

  /** Forgets the key: nothing was applied, so the caller may try again with it. */
  async release(leaseToken: string): Promise<boolean> {
    return this.changed(
      `delete from meniscus.idempotency_records where lease_token = $1 and state = 'running'`,
      [leaseToken],
    );
  }

  /**
   * Removes records whose time is over; several instances may do so at once.
   *
   * @returns how many; as many as the limit means that there may be more
   */
  async removeExpired(limit: number): Promise<number> {
    const { rowCount } = await this.database.background.query(
      `delete from meniscus.idempotency_records
       where (principal, endpoint, key) in (
         select principal, endpoint, key from meniscus.idempotency_records
         where expires_at <= now() limit $1 for update skip locked)`,
      [limit],
    );
    return rowCount;
  }

  private async changed(text: string, values: readonly unknown[]): Promise<boolean> {
    const { rowCount } = await this.database.query(text, values);
    return rowCount === 1;
  }
}
