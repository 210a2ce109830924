-- As read-statement, of outcomes of one kind ($5) or of a time ($6 to $7, unix ms) only; null is any. Each side is walked from its
-- newest end until the page is full, so a page costs as much as lies between its entries.
with legs as (
  (select t.*
   from unnest($1::bigint[]) own(id)
   cross join lateral (
     select t.seq, t.n, t.debit as account, -t.amount as amount, t.debit_after as after, e.outcome, e.actor, e.at, o.kind
     from transfer t join event e on e.seq = t.seq join outcome o on o.id = e.outcome
     where t.debit = own.id and t.credit <> all ($1) and (t.seq, t.n) < ($2::bigint, $3::int)
       and ($5::text is null or o.kind = $5)
       and ($6::bigint is null or e.at >= to_timestamp($6::bigint / 1000.0))
       and ($7::bigint is null or e.at < to_timestamp($7::bigint / 1000.0))
     order by t.seq desc, t.n desc limit $4) t)
  union all
  (select t.*
   from unnest($1::bigint[]) own(id)
   cross join lateral (
     select t.seq, t.n, t.credit, t.amount, t.credit_after, e.outcome, e.actor, e.at, o.kind
     from transfer t join event e on e.seq = t.seq join outcome o on o.id = e.outcome
     where t.credit = own.id and t.debit <> all ($1) and (t.seq, t.n) < ($2::bigint, $3::int)
       and ($5::text is null or o.kind = $5)
       and ($6::bigint is null or e.at >= to_timestamp($6::bigint / 1000.0))
       and ($7::bigint is null or e.at < to_timestamp($7::bigint / 1000.0))
     order by t.seq desc, t.n desc limit $4) t)
)
select seq, n, account, amount, after, outcome, actor, (extract(epoch from at) * 1000)::bigint as at_ms, kind
from legs
order by seq desc, n desc
limit $4
