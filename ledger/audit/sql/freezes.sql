-- An account is frozen when the last step about it after seq $1 froze it. Escrows are left out: one may open anew under its name.
with steps as (
  select o.tenant, o.first_seq, nth, split_part(line, E'\t', 1) as word, split_part(line, E'\t', 2) as owner, split_part(line, E'\t', 3) as asset
  from outcome o
  cross join unnest(string_to_array(o.steps, E'\n')) with ordinality lines(line, nth)
  where o.first_seq > $1 and o.steps is not null and line ~ E'^(un)?freeze\t'
),
last as (
  select distinct on (owner, asset, tenant) case when owner like 'settlement:%' then 'cell' else tenant end as tenant, owner, asset, word = 'freeze' as frozen
  from steps order by owner, asset, tenant, first_seq desc, nth desc
)
select a.id, a.owner, a.asset, case when l.frozen then 'frozen' else 'free' end, case when a.frozen then 'frozen' else 'free' end
from account a
left join last l on l.tenant = a.tenant and l.owner = a.owner and l.asset = a.asset
where a.frozen <> coalesce(l.frozen, a.frozen and $1 > 0) and a.owner not like 'escrow:%'
order by 1 limit 1
