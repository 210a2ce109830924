-- The escrow of an open listing holds its item, that of an open order its price for each item still wanted.
select o.actor, o.asset, o.expected, coalesce(a.balance, 0)
from (
  select 'listing-' || id as actor, tenant, asset, 1 as expected from market_listing where phase = 'open'
  union all
  select 'order-' || id, tenant, money, price * unfilled from market_order where phase = 'open') o
left join account a on a.tenant = o.tenant and a.owner = 'escrow:' || o.actor and a.asset = o.asset
where coalesce(a.balance, 0) <> o.expected
order by 1 limit 1
