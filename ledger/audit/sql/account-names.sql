-- An account that stands open and closed at once would split a balance.
select a.id, a.owner, a.asset from account a join account_closed c on c.id = a.id order by 1 limit 1
