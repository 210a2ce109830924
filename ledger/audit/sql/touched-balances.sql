-- Each account touched after seq $1 against the balance its last leg left it with.
with last as (
  select distinct on (id) id, after
  from (
    select debit as id, seq, n, debit_after as after from transfer where seq > $1
    union all
    select credit, seq, n, credit_after from transfer where seq > $1
  ) legs
  order by id, seq desc, n desc
)
select l.id, a.owner, a.asset, l.after, coalesce(a.balance, 0)
from last l left join account a on a.id = l.id
where l.after <> coalesce(a.balance, 0)
order by 1 limit 1
