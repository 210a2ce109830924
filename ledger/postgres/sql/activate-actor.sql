-- Raises epoch and version in one step, unless a live node has the actor. Whoever held it before is fenced from here on.
update actor a set epoch = a.epoch + 1, version = a.version + 1, node = $2
where a.id = $1 and (a.node is null or a.node = $2 or not node_is_live(a.node))
returning a.id, a.tenant, a.kind, a.epoch, a.version, a.state, a.node, (extract(epoch from a.wake_at) * 1000)::bigint, false
