insert into hold (id, tenant, debit, credit, amount, expires_at, placed_by)
select n.id, n.tenant, n.debit, n.credit, n.amount, to_timestamp(n.expires_at_ms / 1000.0), n.placed_by
from unnest($1::uuid[], string_to_array($2, E'\x1e', E'\x1d'), $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::uuid[])
  n(id, tenant, debit, credit, amount, expires_at_ms, placed_by)
