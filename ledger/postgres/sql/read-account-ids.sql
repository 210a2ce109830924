-- Every account, open or closed, that has gone by this owner and asset (all assets when null), stripes included.
select id, asset from account
where tenant = $1 and owner >= $2 and owner < $2 || '$' and (owner = $2 or owner like replace($2, '_', '\_') || '#%')
  and ($3::text is null or asset = $3)
union all
select id, asset from account_closed where tenant = $1 and owner = $2 and ($3::text is null or asset = $3)
