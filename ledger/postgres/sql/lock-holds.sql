-- The holds the batch names, and those of its accounts that have lapsed: their money is free from that instant on.
select id, tenant, debit, credit, amount, (extract(epoch from expires_at) * 1000)::bigint as expires_at_ms, placed_by
from hold
where id = any ($1::uuid[]) or (debit = any ($2::bigint[]) and expires_at <= clock_timestamp())
order by id
for update
