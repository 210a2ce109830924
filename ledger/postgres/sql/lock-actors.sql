select id, tenant, kind, epoch, version from actor where id = any (string_to_array($1, E'\x1e', E'\x1d')) order by id for update
