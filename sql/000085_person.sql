-- Who somebody is outside of here. It stands in these rows alone: erasing a person's row erases the person, while the
-- ledger and its events hold ids only.

create table person (
  user_id uuid primary key references app_user on delete cascade,
  tenant text not null,
  email text not null,
  email_key text not null,      -- the address as it is compared: one account each
  password_hash text,           -- PHC string; null where they sign in elsewhere only
  created_ms bigint not null
);
create unique index person_email on person (tenant, email_key);

-- Whom an OpenID Connect provider says they are.
create table person_identity (
  tenant text not null,
  issuer text not null,
  subject text not null,
  user_id uuid not null references app_user on delete cascade,
  primary key (tenant, issuer, subject)
);
create index person_identity_user on person_identity (user_id);

-- What was sent to somebody by mail or by a redirect, good for one use: `hash` is the SHA-256 of the token, `sealed` what it stands for.
create table one_time_token (
  hash bytea primary key,
  purpose text not null,
  user_id uuid references app_user on delete cascade,
  sealed text not null,
  expires_ms bigint not null
);
create index one_time_token_expiry on one_time_token (expires_ms);

-- Authenticator apps (RFC 6238). A code is good once: `last_step` is that of the last one that was taken.
create table totp (
  user_id uuid primary key references app_user on delete cascade,
  secret text not null,         -- sealed
  confirmed_ms bigint,
  last_step bigint not null default 0
);
create table recovery_code (
  user_id uuid not null references app_user on delete cascade,
  hash bytea not null,
  primary key (user_id, hash)
);

-- How often signing in has failed in a row, by the hash of what was tried, whether or not there is such an account.
create table login_failure (
  key bytea primary key,
  count integer not null,
  until_ms bigint not null
);
create index login_failure_until on login_failure (until_ms);

alter table session add column confirmed_until_ms bigint;  -- until when whoever holds it has just proved who they are
alter table session add column device text;                -- what the browser calls itself, shortened, for the list of one's own sessions

-- Mails to be sent. What is in one is sealed; a row goes when it has been sent or given up.
create table mail (
  id uuid primary key,
  sealed text not null,
  tries integer not null default 0,
  next_try_ms bigint not null,
  error text
);
create index mail_due on mail (next_try_ms);
