-- Emptied for good: off the hot table, but their names stay for old transfers.
with gone as (delete from account where id = any ($1::bigint[]) returning id, tenant, owner, asset, version)
insert into account_closed (id, tenant, owner, asset, version) select id, tenant, owner, asset, version + 1 from gone
