-- Whom the staff has frozen: their money goes nowhere until they are freed, whatever comes in. Times are unix ms of the nodes' clock.
create table frozen_user (
  user_id uuid primary key references app_user on delete cascade,
  tenant text not null,
  by_user text not null,
  at_ms bigint not null
);

-- The few who may do more than play.
create index app_user_staff on app_user (tenant, id) where not (roles <@ '{player}');

-- Acts of the staff, as they are looked for: by what they were done to and by who did them. All of a tenant are found by event_tenant.
create index event_act_object on event (tenant, (payload->>'object'), seq) where type = 'staff.acted';
create index event_act_by on event (tenant, (payload->>'by'), seq) where type = 'staff.acted';
