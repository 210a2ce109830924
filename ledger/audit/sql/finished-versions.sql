select id, version from actor_finished where kind = 'battle' and id = any (string_to_array($1, E'\x1e', E'\x1d'))
