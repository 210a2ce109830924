-- What access tokens are signed with (Ed25519). A key is published before it signs, and stays until every token it has signed has
-- expired. `ended_ms`: from then on nothing it has signed is worth anything. Times are unix ms of the nodes' clock.
create table signing_key (
  kid text primary key,
  public_key text not null,     -- base64url, as in a JWK
  sealed_key text not null,     -- the private part, sealed
  created_ms bigint not null,
  signs_from_ms bigint not null,
  ended_ms bigint
);
