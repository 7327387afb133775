import type { Migration } from '../migrate.js';

export const shareCallsAndCustomers: Migration = {
  number: 3,
  name: 'share-calls-and-customers',
  sql: `
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
  `,
};
