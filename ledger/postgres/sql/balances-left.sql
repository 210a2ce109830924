-- Where the legs up to seq $1 left each account that does not stand at 0. What is archived already (up to seq $2) counts by the
-- balances it left.
with last as (
  select distinct on (id) id, after
  from (
    select debit as id, seq, n, debit_after as after from transfer where seq > $2 and seq <= $1
    union all
    select credit, seq, n, credit_after from transfer where seq > $2 and seq <= $1
  ) legs
  order by id, seq desc, n desc
)
select coalesce(l.id, b.account), coalesce(l.after, b.balance)
from last l full join archived_balance b on b.account = l.id
where coalesce(l.after, b.balance) <> 0
