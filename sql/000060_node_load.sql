-- How many battles a node acts for, by its last beat: who takes the next one.
alter table node add column load integer not null default 0;

-- At rest with an alarm: what the nodes look through five times a second.
create index actor_due on actor (kind, wake_at) where node is null;
