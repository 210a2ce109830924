-- What the erasure of a person has to find. Times are unix ms of the nodes' clock.

-- What somebody prefers, as JSON.
create table preference (
  user_id uuid primary key references app_user on delete cascade,
  value jsonb not null,
  changed_ms bigint not null
);

-- Who sat in a battle that is over: the names in its last state are found by it. Written by the very statement that ends the battle.
create table battle_player (
  user_id text not null,
  battle text not null,
  primary key (user_id, battle)
);

create function note_players(battle text, state jsonb) returns void language sql as $$
  insert into battle_player
  select distinct seat->>'user', battle from jsonb_array_elements(state->'seats') seat where seat->>'user' is not null
  on conflict do nothing
$$;

create function note_players_of_finished() returns trigger language plpgsql as $$
declare
  state jsonb := new.state::jsonb;
begin
  if jsonb_typeof(state->'seats') = 'array' then perform note_players(new.id, state); end if;
  return null;
end $$;

create trigger battle_has_players after insert on actor_finished
  for each row when (new.kind = 'battle' and new.state like '{%') execute function note_players_of_finished();

select count(note_players(id, state::jsonb)) from actor_finished
where kind = 'battle' and state like '{%' and jsonb_typeof(state::jsonb->'seats') = 'array';

-- Whom a letter, or what was sent by one, is about: the keyed digest of the address, so that it is found without being readable.
alter table mail add column about text;
create index mail_about on mail (about) where about is not null;
alter table one_time_token add column about text;
create index one_time_token_about on one_time_token (about) where about is not null;

-- Erasures. `id` is the outcome that tells of one; `told` says that it has been committed. `by_user` is who did it.
create table erasure (
  id uuid primary key,
  tenant text not null,
  user_id uuid not null,
  by_user text not null,
  at_ms bigint not null,
  told boolean not null default false
);
create index erasure_untold on erasure (at_ms) where not told;

-- How staff finds people: by what they are called, and the newest of a tenant.
create index app_user_name on app_user (tenant, lower(name) collate "C", id);
create index app_user_newest on app_user (tenant, id);
