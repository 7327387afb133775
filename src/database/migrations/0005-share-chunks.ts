import type { Migration } from '../migrate.js';

export const shareChunks: Migration = {
  number: 5,
  name: 'share-chunks',
  sql: `
    alter table meniscus.imports
      drop column has_job,
      drop column lease,
      add column calls int not null default 0,
      add column going_since timestamptz,
      add column settled_before int not null default 0;

    alter table meniscus.import_chunks
      add column holder uuid,
      add column held_until timestamptz,
      add column keys int[],
      add column attempts int not null default 0;

    create function meniscus.claim_chunk(p_import uuid, p_number int, p_holder uuid, p_keys int[], p_lease_ms float8)
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
        where import_id = p_import and number = p_number and state = 'waiting'
          and (holder is null or held_until < clock_timestamp());
      return case when found then 'claimed' else 'taken' end;
    end $$;
  `,
};
