-- Nothing stays behind in the escrow of a finished battle.
select a.id, a.owner, a.asset, a.balance, a.held
from account a
join actor_finished f on f.id = substr(a.owner, length('escrow:') + 1) and f.kind = 'battle'
where a.owner like 'escrow:battle-%' and (a.balance <> 0 or a.held <> 0)
order by 1 limit 1
