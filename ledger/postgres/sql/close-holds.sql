-- Holds opened before this batch are deleted where they stood, and keep what stood there: a batch that closes a lapsed hold has not
-- always loaded who would have got it. Those of the batch itself were never there.
with gone as (delete from hold where id = any ($1::uuid[]) returning id, credit)
insert into hold_closed (id, tenant, debit, credit, amount, expires_at, placed_by, closed_by, posted, how)
select n.id, n.tenant, n.debit, coalesce(g.credit, n.credit), n.amount, to_timestamp(n.expires_at_ms / 1000.0), n.placed_by, n.closed_by, n.posted, n.how
from unnest($1::uuid[], string_to_array($2, E'\x1e', E'\x1d'), $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::uuid[], $8::uuid[],
  $9::bigint[], string_to_array($10, E'\x1e', E'\x1d')) n(id, tenant, debit, credit, amount, expires_at_ms, placed_by, closed_by, posted, how)
left join gone g on g.id = n.id
