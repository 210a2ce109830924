-- A null state leaves the state as it is; so does keep_alarm with the alarm.
update actor a set
  version = u.version,
  state = coalesce(u.state, a.state),
  wake_at = case when u.keep_alarm then a.wake_at else to_timestamp(u.wake_at_ms / 1000.0) end
from unnest(string_to_array($1, E'\x1e', E'\x1d'), $2::bigint[], string_to_array($3, E'\x1e', E'\x1d'), $4::boolean[], $5::bigint[])
  u(id, version, state, keep_alarm, wake_at_ms)
where a.id = u.id
