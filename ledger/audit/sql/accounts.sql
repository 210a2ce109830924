-- The names of accounts, open or closed, and their balances right before the seqs after $2: each one's last leg up to there.
-- An account without a leg there stands at what the archive left it with.
select own.id, a.tenant, a.owner, a.asset, a.may_be_negative, coalesce(last.after, b.balance, 0)
from unnest($1::bigint[]) own(id)
left join lateral (
  select tenant, owner, asset, may_be_negative from account where id = own.id
  union all
  select tenant, owner, asset, null from account_closed where id = own.id
) a on true
left join lateral (
  select after from (
    (select t.seq, t.n, t.debit_after as after from transfer t where t.debit = own.id and t.seq <= $2 and t.seq > $3
      order by t.seq desc, t.n desc limit 1)
    union all
    (select t.seq, t.n, t.credit_after from transfer t where t.credit = own.id and t.seq <= $2 and t.seq > $3
      order by t.seq desc, t.n desc limit 1)
  ) legs
  order by seq desc, n desc limit 1
) last on true
left join archived_balance b on b.account = own.id
