-- Left by a node that is gone, or at rest with an alarm that is due. In no order, so that several nodes share the work.
select a.id from actor a
where a.kind = $1 and (
  (a.node is not null and not node_is_live(a.node))
  or (a.node is null and a.wake_at <= clock_timestamp()))
order by random()
limit $2
