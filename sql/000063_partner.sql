-- Who resells us. Times are unix ms of the node's clock. A quota that is null is the configured one.
create table partner (
  id uuid primary key,
  name text not null unique,
  tenant text not null,
  connections_max integer check (connections_max >= 0),
  requests_per_minute integer check (requests_per_minute >= 1),
  messages_per_s integer check (messages_per_s >= 1),
  created_ms bigint not null
);

-- An API key. An HMAC cannot be checked against a hash, so the secret rests encrypted. From `ends_ms` on the key is worth
-- nothing. `outcome` is the id of the outcome that tells the nodes of its last change; `told` says that it has been committed.
create table partner_key (
  id text primary key,
  partner uuid not null references partner,
  sealed_secret text not null,
  created_ms bigint not null,
  ends_ms bigint,
  outcome uuid not null,
  told boolean not null default false
);
create index partner_key_partner on partner_key (partner);

-- Nonces of signed calls, each good once on all nodes; after `good_until_ms` its time stamp is too old anyway.
create table partner_nonce (
  key text not null,
  nonce text not null,
  good_until_ms bigint not null,
  primary key (key, nonce)
);
create index partner_nonce_old on partner_nonce (good_until_ms);
