-- Of the ids that a batch would give out, those that a closed hold or a finished actor has had. After the locks, as with outcomes.
select id::text from hold_closed where id = any ($1::uuid[])
union all
select id from actor_finished where id = any (string_to_array($2, E'\x1e', E'\x1d'))
