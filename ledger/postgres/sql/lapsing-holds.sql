-- Holds that have lapsed or will within $1 ms. The clock is read once, in a select of its own, so that the index can be walked.
select h.id, h.tenant, h.placed_by, ceil(extract(epoch from h.expires_at - c.at) * 1000)::bigint as wait_ms
from (select clock_timestamp() as at) c
join hold h on h.expires_at <= (select clock_timestamp()) + $1::float8 * interval '1 millisecond'
order by h.expires_at
limit $2
