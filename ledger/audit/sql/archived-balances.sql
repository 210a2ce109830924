select account, balance from archived_balance
