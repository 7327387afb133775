import { Injectable } from '@nestjs/common';
import { Database } from '../database/database.js';

/** An instance that reports is not missing until it has left out three reports. */
const MISSING_AFTER_SECONDS = 60;

/** An instance that reports no longer is forgotten after this time. */
const KEPT_SECONDS = 3600;

/** Bounds what one reading returns. */
const MAX_LISTED = 100;

export interface SeenInstance {
  readonly id: string;
  readonly version: string;
  readonly startedAt: Date;
  readonly seenAt: Date;
  /** Whether it reports no longer, though it did not say that it ends. */
  readonly isMissing: boolean;
}

/** The instances that share this database. */
@Injectable()
export class InstancesRepository {
  constructor(private readonly database: Database) {}

  /** Reports that an instance runs, and forgets those that have not reported for long. */
  async report({
    id,
    version,
    startedAt,
  }: Pick<SeenInstance, 'id' | 'version' | 'startedAt'>): Promise<void> {
    await this.database.background.query(
      `with forgotten as (
         delete from meniscus.instances where id <> $1 and seen_at < now() - make_interval(secs => $4))
       insert into meniscus.instances (id, version, started_at) values ($1, $2, $3)
       on conflict (id) do update set seen_at = now()`,
      [id, version, startedAt, KEPT_SECONDS],
    );
  }

  /** Forgets an instance that ends. */
  async remove(id: string): Promise<void> {
    await this.database.background.query('delete from meniscus.instances where id = $1', [id]);
  }

  /** Lists the instances, the one that was seen last first. */
  async list(): Promise<SeenInstance[]> {
    const { rows } = await this.database.background.query<SeenInstance>(
      `select id, version, started_at as "startedAt", seen_at as "seenAt",
         seen_at < now() - make_interval(secs => $1) as "isMissing"
       from meniscus.instances where seen_at > now() - make_interval(secs => $2)
       order by seen_at desc limit $3`,
      [MISSING_AFTER_SECONDS, KEPT_SECONDS, MAX_LISTED],
    );
    return rows;
  }
}
