-- All stripes of striped owners; a stripe is the plain owner, '#', and a number.
select a.id, a.tenant, a.owner, a.asset
from unnest(string_to_array($1, E'\x1e', E'\x1d'), string_to_array($2, E'\x1e', E'\x1d'), string_to_array($3, E'\x1e', E'\x1d')) k(tenant, owner, asset)
join account a on a.tenant = k.tenant and a.asset = k.asset and a.owner like replace(k.owner, '_', '\_') || '#%'
