import type { Migration } from '../migrate.js';

export const createImports: Migration = {
  number: 4,
  name: 'create-imports',
  sql: `
    create table meniscus.imports (
      id uuid primary key,
      kind text not null check (kind in ('customers', 'memberships', 'enrollments', 'associations')),
      route jsonb not null,
      on_invalid text not null check (on_invalid in ('reject', 'skip')),
      state text not null check (state in
        ('uploading', 'queued', 'running', 'paused', 'cancelling', 'cancelled', 'completed')),
      retry_of uuid,
      line_count int not null default 0,
      total int not null default 0,
      invalid int not null default 0,
      updated int not null default 0,
      rejected int not null default 0,
      failed int not null default 0,
      unknown int not null default 0,
      version int not null default 0,
      has_job boolean not null default false,
      lease uuid,
      created_at timestamptz not null default now(),
      touched_at timestamptz not null default now(),
      finished_at timestamptz,
      emptied_at timestamptz,
      constraint ended_is_finished check ((state in ('cancelled', 'completed')) = (finished_at is not null))
    );
    create index imports_newest on meniscus.imports (created_at desc, id desc);
    create index imports_uploading on meniscus.imports (touched_at) where state = 'uploading';
    create index imports_to_empty on meniscus.imports (finished_at) where emptied_at is null;

    create table meniscus.import_chunks (
      import_id uuid not null references meniscus.imports,
      number int not null,
      first_line int not null,
      item_count int not null check (item_count between 1 and 100),
      payload text not null,
      state text not null default 'waiting' check (state in ('waiting', 'done')),
      primary key (import_id, number)
    );
    create index import_chunks_waiting on meniscus.import_chunks (import_id, number) where state = 'waiting';

    create table meniscus.import_results (
      import_id uuid not null references meniscus.imports,
      line int not null,
      outcome text not null check (outcome in ('updated', 'rejected', 'failed', 'unknown')),
      result text not null,
      primary key (import_id, line)
    );
  `,
};
