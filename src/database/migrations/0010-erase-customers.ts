import type { Migration } from '../migrate.js';

/**
 * Erasures and the imports that each of them still has to walk. A chunk that was changed since it was read cannot be
 * claimed, so that nobody sends a line that was erased meanwhile.
 */
export const eraseCustomers: Migration = {
  number: 10,
  name: 'erase-customers',
  sql: `
    create table meniscus.erasures (
      id uuid primary key,
      identifiers text,
      source text not null,
      account_id text,
      lines int not null default 0,
      answers int not null default 0,
      credits int not null default 0,
      created_at timestamptz not null default now(),
      finished_at timestamptz,
      constraint finished_forgets_whom check ((finished_at is null) = (identifiers is not null))
    );
    create table meniscus.erasure_imports (
      erasure_id uuid not null references meniscus.erasures,
      import_id uuid not null references meniscus.imports on delete cascade,
      primary key (erasure_id, import_id)
    );
    create index erasure_imports_import on meniscus.erasure_imports (import_id);

    alter table meniscus.import_chunks add column revision int not null default 0;

    drop function meniscus.claim_chunk(uuid, int, uuid, int[], float8);
    create function meniscus.claim_chunk(
      p_import uuid, p_number int, p_revision int, p_holder uuid, p_keys int[], p_lease_ms float8)
    returns text language plpgsql as $$
    begin
      -- One claim of an import at a time: two that are decided at once would not see one another.
      perform pg_advisory_xact_lock(hashtextextended(p_import::text, 0));
      if not exists (select from meniscus.imports where id = p_import and state = 'running') then
        return 'taken';
      end if;
      if exists (select from meniscus.import_chunks
          where import_id = p_import and state = 'waiting' and number < p_number
            and (holder is null or held_until < clock_timestamp())) then
        return 'taken';
      end if;
      if exists (select from meniscus.import_chunks
          where import_id = p_import and state = 'waiting' and number <> p_number
            and holder <> p_holder and held_until >= clock_timestamp() and keys && p_keys) then
        return 'awaits-others';
      end if;
      update meniscus.import_chunks
        set holder = p_holder, held_until = clock_timestamp() + p_lease_ms * interval '1 millisecond', keys = p_keys,
          attempts = attempts + 1
        where import_id = p_import and number = p_number and state = 'waiting' and revision = p_revision
          and (holder is null or held_until < clock_timestamp());
      return case when found then 'claimed' else 'taken' end;
    end $$;
  `,
};
