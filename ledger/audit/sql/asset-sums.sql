-- Nothing comes from nowhere: over all open accounts each asset sums to nothing. Closed accounts stand at 0.
select asset, sum(balance) from account group by asset having sum(balance) <> 0 order by asset limit 1
