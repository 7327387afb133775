/**
 * Creates every table of the service, except `meniscus.migrations` (see `migrate.ts`) and the job queue's (see
 * `job-queue.ts`).
 *
 * The columns `imports.owner`, `import_chunks.payload`, `import_results.results`, `idempotency_records.body`,
 * `credits.payload` and `erasures.identifiers` hold encrypted text, which SQL cannot look into.
 */
export const createSchema = {
    number: 1,
    name: 'create-schema',
    sql: `
    create table meniscus.idempotency_records (
      principal text not null,
      endpoint text not null,
      key text not null,
      fingerprint bytea not null,
      body_digest bytea,
      state text not null check (state in ('running', 'final')),
      lease_token uuid,
      lease_until timestamptz,
      credit_ids text[] not null default '{}',
      status int,
      headers jsonb,
      body text,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null,
      primary key (principal, endpoint, key),
      constraint running_has_lease check (state = 'final' or (lease_token is not null and lease_until is not null)),
      constraint final_has_answer check (state = 'running' or (status is not null and headers is not null and body is not null))
    );
    create unique index idempotency_records_lease on meniscus.idempotency_records (lease_token) where state = 'running';
    create index idempotency_records_expiry on meniscus.idempotency_records (expires_at);

    create table meniscus.credits (
      id text primary key,
      principal text,
      state text not null check (state in ('waiting', 'sent', 'credited', 'not-credited', 'unknown', 'resolved')),
      is_kept boolean not null,
      route jsonb not null,
      points bigint not null,
      payload text,
      call_id uuid,
      upstream_request_id text,
      reason text,
      resolution text check (resolution in ('applied', 'not-applied')),
      note text,
      resent_as text,
      created_at timestamptz not null default now(),
      sent_at timestamptz,
      settled_at timestamptz,
      resolved_at timestamptz,
      constraint resolved_has_resolution check ((state = 'resolved') = (resolution is not null))
    );
    create index credits_in_doubt on meniscus.credits (created_at, id) where state in ('unknown', 'resolved');
    create index credits_under_way on meniscus.credits (coalesce(sent_at, created_at)) where state in ('waiting', 'sent');

    create table meniscus.points_of_day (
      principal text primary key,
      day date not null,
      points bigint not null check (points >= 0)
    );

    create unlogged table meniscus.calls (
      id uuid primary key,
      budget text not null,
      taken_at timestamptz not null,
      ended_at timestamptz
    );
    create index calls_budget on meniscus.calls (budget);

    create function meniscus.take_call(p_id uuid, p_budget text, p_limit int) returns float8 language plpgsql as $$
    declare
      this_moment timestamptz;
      used int;
      frees_at timestamptz;
    begin
      perform pg_advisory_xact_lock(hashtextextended(p_budget, 0));
      this_moment := clock_timestamp();
      delete from meniscus.calls
        where budget = p_budget and coalesce(ended_at, taken_at + interval '5 minutes') <= this_moment - interval '1 minute';
      select count(*), min(ended_at) + interval '1 minute' into used, frees_at
        from meniscus.calls where budget = p_budget;
      if used >= p_limit then
        return greatest(1, coalesce(extract(epoch from frees_at - this_moment) * 1000, 1000));
      end if;
      insert into meniscus.calls (id, budget, taken_at) values (p_id, p_budget, this_moment);
      return 0;
    end $$;

    create unlogged table meniscus.customer_leases (
      key text primary key,
      holder uuid not null,
      lease_until timestamptz not null
    );
    create index customer_leases_holder on meniscus.customer_leases (holder);

    create table meniscus.imports (
      id uuid primary key,
      principal text not null,
      owner text not null,
      kind text not null check (kind in ('customers', 'memberships', 'enrollments', 'associations')),
      route jsonb not null,
      on_invalid text not null check (on_invalid in ('reject', 'skip')),
      state text not null check (state in
        ('uploading', 'queued', 'running', 'paused', 'cancelling', 'cancelled', 'completed')),
      is_given_up boolean not null default false,
      retry_of uuid,
      line_count int not null default 0,
      total int not null default 0,
      invalid int not null default 0,
      updated int not null default 0,
      rejected int not null default 0,
      failed int not null default 0,
      unknown int not null default 0,
      calls int not null default 0,
      points_day date,
      version int not null default 0,
      going_since timestamptz,
      settled_before int not null default 0,
      created_at timestamptz not null default now(),
      touched_at timestamptz not null default now(),
      finished_at timestamptz,
      emptied_at timestamptz,
      constraint ended_is_finished check ((state in ('cancelled', 'completed')) = (finished_at is not null))
    );
    create index imports_newest on meniscus.imports (created_at desc, id desc);
    create index imports_of_principal on meniscus.imports (principal, created_at desc, id desc);
    create index imports_uploading on meniscus.imports (touched_at) where state = 'uploading';
    create index imports_to_empty on meniscus.imports (finished_at) where emptied_at is null;

    create table meniscus.import_chunks (
      import_id uuid not null references meniscus.imports,
      number int not null,
      first_line int not null,
      lines int[] not null,
      payload text not null,
      points bigint[],
      state text not null default 'waiting' check (state in ('waiting', 'done')),
      revision int not null default 0,
      holder uuid,
      held_until timestamptz,
      keys int[],
      attempts int not null default 0,
      primary key (import_id, number),
      constraint a_hundred_lines check (cardinality(lines) between 1 and 100)
    );
    create index import_chunks_waiting on meniscus.import_chunks (import_id, number) where state = 'waiting';

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

    create table meniscus.import_results (
      import_id uuid not null references meniscus.imports,
      number int not null,
      first_line int not null,
      lines int[] not null,
      outcomes text[] not null check (outcomes <@ array['updated', 'rejected', 'failed', 'unknown']),
      results text not null,
      primary key (import_id, number, first_line),
      constraint first_line_is_first check (first_line = lines[1])
    );

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
  `,
};
//# sourceMappingURL=0001-create-schema.js.map