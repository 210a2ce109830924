-- The balance right after `seq`: for each account its last leg at or before it; where the archive took that leg, what it left.
-- Seqs inside the archive are not answered from here.
select coalesce(sum(after), 0) as balance
from unnest($1::bigint[]) own(id)
cross join lateral (
  select after from (
    (select t.seq, t.n, t.debit_after as after from transfer t where t.debit = own.id and t.seq <= $2 order by t.seq desc, t.n desc limit 1)
    union all
    (select t.seq, t.n, t.credit_after from transfer t where t.credit = own.id and t.seq <= $2 order by t.seq desc, t.n desc limit 1)
    union all
    (select 0, 0, a.balance from archived_balance a where a.account = own.id)
  ) legs
  order by seq desc, n desc limit 1
) last
