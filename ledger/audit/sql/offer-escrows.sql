-- Nothing stays behind in the escrow of an offer that has ended.
select a.id, a.owner, a.asset, a.balance, a.held
from account a
join actor_finished f on f.id = substr(a.owner, length('escrow:') + 1) and f.kind in ('listing', 'order', 'trade')
where a.owner like 'escrow:%' and (a.balance <> 0 or a.held <> 0)
order by 1 limit 1
