-- Who may call. Times are unix ms of the node's clock, as they stand in tokens. Nothing a caller presents rests in the clear.

create table app_user (
  id uuid primary key,
  tenant text not null,
  name text not null,
  guest boolean not null,
  roles text[] not null,
  handle text,  -- a name we give to users of our own (demo bots), so that they are found again
  welcomed boolean not null default false,  -- such a user's first credits are committed
  created_ms bigint not null
);
create unique index app_user_handle on app_user (tenant, handle) where handle is not null;

-- One sign-in on one device; its refresh tokens are a family that ends with it.
create table session (
  id uuid primary key,
  tenant text not null,
  user_id uuid not null references app_user on delete cascade,
  created_ms bigint not null,
  revoked_ms bigint
);
create index session_by_user on session (user_id);

-- `hash` is the SHA-256 of a token. One that was used stays for a while, so that its second use is recognised.
create table refresh_token (
  hash bytea primary key,
  session uuid not null references session on delete cascade,
  expires_ms bigint not null,
  used_ms bigint
);
create index refresh_token_session on refresh_token (session);
create index refresh_token_expiry on refresh_token (expires_ms);

-- Sessions and users whose access tokens are worth nothing before they expire. `id` is the outcome that tells the other
-- nodes; `told` says that it has been committed.
create table revocation (
  id uuid primary key,
  tenant text not null,
  session uuid,
  user_id uuid,
  at_ms bigint not null,
  expires_ms bigint not null,
  told boolean not null default false,
  check (num_nonnulls(session, user_id) = 1)
);
create index revocation_expiry on revocation (expires_ms);
