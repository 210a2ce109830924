select (select count(*) from account) + (select count(*) from account_closed)
