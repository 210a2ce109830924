-- One page of an owner's transfers, newest first, before (seq, n). Each side is walked on its own index, so that the page costs
-- the same however long the history is. What moved between stripes of one owner neither came nor went.
with legs as (
  (select t.seq, t.n, t.debit as account, -t.amount as amount, t.debit_after as after
   from unnest($1::bigint[]) own(id)
   cross join lateral (select * from transfer t where t.debit = own.id and t.credit <> all ($1) and (t.seq, t.n) < ($2::bigint, $3::int)
     order by t.seq desc, t.n desc limit $4) t)
  union all
  (select t.seq, t.n, t.credit, t.amount, t.credit_after
   from unnest($1::bigint[]) own(id)
   cross join lateral (select * from transfer t where t.credit = own.id and t.debit <> all ($1) and (t.seq, t.n) < ($2::bigint, $3::int)
     order by t.seq desc, t.n desc limit $4) t)
),
page as (select * from legs order by seq desc, n desc limit $4)
select p.seq, p.n, p.account, p.amount, p.after, e.outcome, e.actor, (extract(epoch from e.at) * 1000)::bigint as at_ms, o.kind
from page p
join event e on e.seq = p.seq
join outcome o on o.id = e.outcome
order by p.seq desc, p.n desc
