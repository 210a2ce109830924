-- outcome_day stands for the partition. An actor's id ends with the id that the ids of its outcomes are derived from, and so
-- do a hold's: while one is open, outcomes of its day are still to come.
select exists (select from outcome_day where first_seq > $1)
  or exists (select from actor where right(id, 36) >= $2::text and right(id, 36) < $3::text)
  or exists (select from hold where id >= $2::uuid and id < $3::uuid)
