-- Rows beyond the head, or before there was any seq.
select 'event', min(seq) from event where seq > $1 or seq < 1 having count(*) > 0
union all
select 'transfer', min(seq) from transfer where seq > $1 or seq < 1 having count(*) > 0
union all
select 'outcome', min(first_seq) from outcome where first_seq > $1 or first_seq < 1 having count(*) > 0
union all
select 'batch', min(last_seq) from batch where last_seq > $1 or last_seq < 1 having count(*) > 0
union all
select 'checkpoint', min(seq) from checkpoint where seq > $1 or seq < 1 having count(*) > 0
limit 1
