-- The base of all balances moves from seq $2 to seq $1. An account that stands at 0 there needs no row.
with last as (
  select distinct on (id) id, after
  from (
    select debit as id, seq, n, debit_after as after from transfer where seq > $2 and seq <= $1
    union all
    select credit, seq, n, credit_after from transfer where seq > $2 and seq <= $1
  ) legs
  order by id, seq desc, n desc
),
gone as (delete from archived_balance b using last l where b.account = l.id and l.after = 0)
insert into archived_balance (account, balance)
select id, after from last where after <> 0
on conflict (account) do update set balance = excluded.balance
