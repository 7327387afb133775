import type { Migration } from '../migrate.js';

/**
 * Adds the state `refused`, what an import waits for, how many of its lines were sent, the one retry of an import, and
 * how many answers about each line of a chunk failed.
 *
 * An import from before has no count of sent lines. If it was retried several times, the first retry is its one.
 */
export const endImports: Migration = {
  number: 3,
  name: 'end-imports',
  sql: `
    alter table meniscus.imports drop constraint imports_state_check, drop constraint ended_is_finished;
    alter table meniscus.imports
      add constraint imports_state_check check (state in
        ('uploading', 'queued', 'running', 'paused', 'cancelling', 'cancelled', 'completed', 'refused')),
      add constraint ended_is_finished check
        ((state in ('cancelled', 'completed', 'refused')) = (finished_at is not null)),
      add column waiting_for text check (waiting_for in
        ('breaker', 'budget', 'credentials', 'configuration', 'vendor', 'database', 'queue', 'retries')),
      add column sent int,
      add column retried_by uuid unique;
    alter table meniscus.imports alter column sent set default 0;
    update meniscus.imports o set retried_by = r.id
      from (select distinct on (retry_of) id, retry_of from meniscus.imports
            where retry_of is not null and state <> 'uploading' order by retry_of, created_at, id) r
      where r.retry_of = o.id;

    alter table meniscus.import_chunks add column answer_counts jsonb;
  `,
};
