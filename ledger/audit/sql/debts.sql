-- What users owe is counted twice: as a debt below zero, and in an account that cannot go there.
select c.owner, substr(c.asset, length('owed:') + 1), c.balance, coalesce(-d.balance, 0)
from account c
left join account d on d.tenant = c.tenant and d.owner = substr(c.owner, length('budget:') + 1) and d.asset = substr(c.asset, length('owed:') + 1)
where c.owner like 'budget:debt:%' and c.asset like 'owed:%' and c.balance <> coalesce(-d.balance, 0)
order by 1, 2 limit 1
