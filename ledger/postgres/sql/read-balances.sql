-- All accounts of an owner; of a striped one the sum over its stripes. A lapsed hold no longer counts, closed by the ledger or not.
select a.asset, sum(a.balance) as balance,
  sum(a.held - coalesce(lapsed.amount, 0)) as held, bool_or(a.frozen) as frozen
from account a
left join lateral (
  select sum(h.amount) as amount from hold h where a.held > 0 and h.debit = a.id and h.expires_at <= clock_timestamp()
) lapsed on true
where a.tenant = $1 and a.owner >= $2 and a.owner < $2 || '$' and (a.owner = $2 or a.owner like replace($2, '_', '\_') || '#%')
  and ($3::text is null or a.asset = $3)
group by a.asset
order by a.asset
