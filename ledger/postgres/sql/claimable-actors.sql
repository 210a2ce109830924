-- Left by a node that is gone, or at rest with an alarm that is due. Those of the caller's slice come first, within it what has
-- waited longest, so that several nodes share the work. The nodes that have actors are found by hops over an index, each asked
-- about once: a cell has few nodes and many actors.
with recursive holder(node) as (
  (select node from actor where node is not null order by node limit 1)
  union all
  select (select a.node from actor a where a.node > h.node order by a.node limit 1) from holder h where h.node is not null
), gone as materialized (
  select node from holder where node is not null and not node_is_live(node)
)
select id from (
  select id, wake_at from actor where kind = $1 and node in (select node from gone)
  union all
  (select id, wake_at from actor where kind = $1 and node is null and wake_at <= clock_timestamp() order by wake_at limit 4 * $2)
) a
order by abs(hashtext(id)::bigint) % $3::integer <> $4::integer, wake_at nulls last, id
limit $2
