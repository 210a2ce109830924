-- Writes a whole batch as its last statement. The head row is taken here and not before, so that its lock lasts one statement
-- and one fsync: that is what makes seq gapless in commit order over any number of writers. Nobody who holds it waits for
-- another writer, since every other row was locked or inserted earlier.
with clock as materialized (
  select date_trunc('milliseconds', clock_timestamp()) as now
),
h as (
  update head set
    seq = head.seq + $1::bigint,
    at = greatest(clock.now, head.at),
    hash = sha256(head.hash || $2::bytea || int8send(head.seq + $1::bigint)
      || int8send((extract(epoch from greatest(clock.now, head.at)) * 1000)::bigint))
  from clock
  returning head.seq as last, head.seq - $1::bigint as base, head.at, head.hash
),
written_batch as (
  insert into batch (last_seq, first_seq, at, decided_at, salt, digest, hash)
  select last, base + 1, at, to_timestamp($4::bigint / 1000.0), $3::bytea, $2::bytea, hash from h
),
written_outcome as (
  insert into outcome (id, tenant, kind, owner, actor, epoch, version, request, first_seq, last_seq, steps, at)
  select o.id::uuid, o.tenant, o.kind, o.owner, o.actor, o.epoch, o.version, decode(o.request, 'hex'),
    h.base + o.first, h.base + o.last, o.steps, h.at
  from h, unnest(string_to_array($5, E'\x1e', E'\x1d'), string_to_array($6, E'\x1e', E'\x1d'), string_to_array($7, E'\x1e', E'\x1d'),
    string_to_array($8, E'\x1e', E'\x1d'), string_to_array($9, E'\x1e', E'\x1d'), $10::int[], $11::bigint[], string_to_array($12, E'\x1e', E'\x1d'),
    $13::bigint[], $14::bigint[], string_to_array($15, E'\x1e', E'\x1d'))
    o(id, tenant, kind, owner, actor, epoch, version, request, first, last, steps)
),
written_transfer as (
  insert into transfer (seq, n, tenant, debit, credit, amount, debit_after, credit_after, hold)
  select h.base + t.first, t.n, t.tenant, t.debit, t.credit, t.amount, t.debit_after, t.credit_after, t.hold
  from h, unnest($16::bigint[], $17::smallint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::bigint[], $22::bigint[],
    $23::uuid[], string_to_array($31, E'\x1e', E'\x1d')) t(first, n, debit, credit, amount, debit_after, credit_after, hold, tenant)
),
written_event as (
  insert into event (seq, type, audience, tenant, actor, user_id, outcome, at, payload)
  select h.base + e.i, e.type, e.audience, e.tenant, e.actor, e.user_id, e.outcome::uuid, h.at, e.payload::json
  from h, unnest(string_to_array($24, E'\x1e', E'\x1d'), string_to_array($25, E'\x1e', E'\x1d'), string_to_array($26, E'\x1e', E'\x1d'),
    string_to_array($27, E'\x1e', E'\x1d'), string_to_array($28, E'\x1e', E'\x1d'), string_to_array($29, E'\x1e', E'\x1d'), string_to_array($30, E'\x1e', E'\x1d'))
    with ordinality e(type, audience, tenant, actor, user_id, outcome, payload, i)
)
select last, base, (extract(epoch from at) * 1000)::bigint as at_ms from h
