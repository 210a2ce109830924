-- How far a partner has come, and what it earns. Partners from before were let in by hand: they are in production.
--
--     sandbox ──asks──▶ review ──approved──▶ production        any of them ──▶ suspended ──▶ what it was before
alter table partner
  add column stage text not null default 'production' check (stage in ('sandbox', 'review', 'production', 'suspended')),
  add column stage_before text check (stage_before in ('sandbox', 'review', 'production')),
  add column commission_of text not null default 'price' check (commission_of in ('price', 'revenue')),
  add column commission_basis_points integer not null default 0 check (commission_basis_points between 0 and 10000);

-- The worlds of a partner: one with test data, one with its users. `wallet_url` null: its users' money lies with us. The secret
-- that calls to the wallet are signed with rests sealed.
create table partner_world (
  partner uuid not null references partner,
  sandbox boolean not null,
  tenant text not null,
  domains text[] not null default '{}',
  wallet_url text,
  wallet_sealed_secret text,
  primary key (partner, sandbox),
  check ((wallet_url is null) = (wallet_sealed_secret is null))
);
create index partner_world_tenant on partner_world (tenant);
insert into partner_world(partner, sandbox, tenant) select id, false, tenant from partner;

-- Which of its partner's worlds a key opens.
alter table partner_key add column sandbox boolean not null default false;

-- A partner's own users by the partner's own ids of them.
create table partner_user (
  tenant text not null,
  external_id text not null,
  user_id uuid not null references app_user on delete cascade,
  primary key (tenant, external_id)
);
create index partner_user_id on partner_user (user_id);
