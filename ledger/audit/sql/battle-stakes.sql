-- The escrow of an open battle (actor `battle-…`, owner `escrow:battle-…`) holds one price for each taken seat, as its state says.
with open as (
  select id, tenant, state::json ->> 'asset' as asset, (state::json ->> 'price')::numeric as price,
    (select count(*) from json_array_elements(state::json -> 'seats') seat where json_typeof(seat) <> 'null') as taken
  from actor
  where kind = 'battle' and state is json object and json_typeof(state::json -> 'seats') = 'array'
    and state::json ->> 'price' is not null and state::json ->> 'asset' is not null
)
select o.id, o.asset, o.price * o.taken, coalesce(a.balance, 0)
from open o
left join account a on a.tenant = o.tenant and a.owner = 'escrow:' || o.id and a.asset = o.asset
where o.price * o.taken <> coalesce(a.balance, 0)
order by 1 limit 1
