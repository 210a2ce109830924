select seq, n, tenant, debit, credit, amount, debit_after, credit_after, hold
from transfer
where seq > $1 and seq <= $2
order by seq, n
