-- What decides what a person may do with real money. Who they are stands in here alone, sealed; events hold their ids.
create table person_standing (
  user_id uuid primary key references app_user on delete cascade,
  tenant text not null,
  sealed text not null,  -- date of birth and country
  stated_ms bigint not null
);

-- Checks of an identity. `reference` is the provider's name for the check; one of a user is open at a time.
create table person_proof (
  id uuid primary key,
  user_id uuid not null references app_user on delete cascade,
  tenant text not null,
  provider text not null,
  reference text,
  url text,
  state text not null check (state in ('pending', 'proven', 'refused')),
  begun_ms bigint not null,
  decided_ms bigint
);
create unique index person_proof_reference on person_proof (provider, reference);
create unique index person_proof_pending on person_proof (user_id) where state = 'pending';
create index person_proof_user on person_proof (user_id, begun_ms);

-- What each tenant may sell to whom; those of a tenant without a row are the settings'.
create table tenant_rules (
  tenant text primary key,
  age_min smallint not null check (age_min between 0 and 99),
  countries_blocked text[] not null,
  real_money boolean not null
);
