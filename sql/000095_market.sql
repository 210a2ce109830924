-- What is and was for sale: one narrow row a listing, written by the very statement that writes the listing's actor, so that the two
-- never differ. What was sold stays: it is the history of prices. `id` is the listing's own UUIDv7, so its order is that of time.
create table market_listing (
  id text primary key,
  tenant text not null,
  seller text not null,
  asset text not null,
  rarity text,
  money text not null,
  price bigint not null,
  fee bigint not null,
  phase text not null,
  buyer text,
  by_order text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
create index market_listing_asset on market_listing (tenant, asset, price, id) where phase = 'open';
create index market_listing_price on market_listing (tenant, money, price, id) where phase = 'open';
create index market_listing_new on market_listing (tenant, money, id) where phase = 'open';
create index market_listing_asset_new on market_listing (tenant, asset, id) where phase = 'open';
create index market_listing_rarity on market_listing (tenant, money, rarity, price, id) where phase = 'open';
create index market_listing_sold on market_listing (tenant, asset, ended_at, id) where phase = 'sold';
create index market_listing_seller on market_listing (tenant, seller, id);
create index market_listing_buyer on market_listing (tenant, buyer, id) where buyer is not null;

-- What is offered for items. `unfilled` of `quantity` are still wanted: its escrow holds that many times the price, as the listing
-- that an order buys is written in the transaction that takes the price out of the escrow.
create table market_order (
  id text primary key,
  tenant text not null,
  user_id text not null,
  asset text not null,
  money text not null,
  price bigint not null,
  quantity integer not null,
  unfilled integer not null check (unfilled >= 0),
  spent bigint not null,
  phase text not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
create index market_order_best on market_order (tenant, asset, price, id) where phase = 'open';
create index market_order_user on market_order (tenant, user_id, id);

-- What an item was sold for on each day (UTC), in the order of the commits.
create table market_day (
  tenant text not null,
  asset text not null,
  day date not null,
  money text not null,
  first bigint not null,
  high bigint not null,
  low bigint not null,
  last bigint not null,
  volume bigint not null,
  turnover numeric not null,
  primary key (tenant, asset, day)
) with (fillfactor = 70);

create table market_trade (
  id text primary key,
  tenant text not null,
  offerer text not null,
  asked text not null,
  ended_at timestamptz
) with (fillfactor = 80);
create index market_trade_offerer on market_trade (tenant, offerer, id);
create index market_trade_asked on market_trade (tenant, asked, id);

create function market_time(ms jsonb) returns timestamptz language sql immutable as $$ select to_timestamp((ms #>> '{}')::bigint / 1000.0) $$;

create function list_listing(tenant text, state jsonb) returns void language sql as $$
  insert into market_listing values (
    state->>'id', tenant, state->>'seller', state->>'asset', state->>'rarity', state->>'money',
    coalesce(state->'sold'->>'price', state->>'price')::bigint, coalesce(state->'sold'->>'fee', state->>'fee')::bigint,
    state->>'phase', state->'sold'->>'buyer', state->'sold'->>'order', market_time(state->'created_ms'), market_time(state->'expires_ms'),
    case when state->>'phase' <> 'open' then date_trunc('milliseconds', clock_timestamp()) end)
  on conflict (id) do update set price = excluded.price, fee = excluded.fee, phase = excluded.phase, buyer = excluded.buyer,
    by_order = excluded.by_order, ended_at = excluded.ended_at;
  -- Whoever takes from an order's escrow holds that account's lock, so that nobody else is at the order's row.
  update market_order set unfilled = unfilled - 1, spent = spent + (state->'sold'->>'price')::bigint
  where id = state->'sold'->>'order';
$$;

create function list_order(tenant text, state jsonb) returns void language sql as $$
  insert into market_order values (
    state->>'id', tenant, state->>'user', state->>'asset', state->>'money', (state->>'price')::bigint,
    (state->>'quantity')::integer, (state->>'quantity')::integer, 0, state->>'phase', market_time(state->'created_ms'),
    market_time(state->'expires_ms'), null)
  on conflict (id) do update set phase = excluded.phase, ended_at = date_trunc('milliseconds', clock_timestamp())
$$;

create function list_trade(tenant text, state jsonb) returns void language sql as $$
  insert into market_trade values (state->>'id', tenant, state->>'from', state->>'to',
    case when state->>'phase' <> 'open' then date_trunc('milliseconds', clock_timestamp()) end)
  on conflict (id) do update set ended_at = excluded.ended_at
$$;

create function list_offer_written() returns trigger language plpgsql as $$
declare
  state jsonb := new.state::jsonb;
begin
  -- What else may be called so is in no list.
  if not (state ? 'id' and state ? 'phase' and state ? 'created_ms') then return null; end if;
  case new.kind
    when 'listing' then perform list_listing(new.tenant, state);
    when 'order' then perform list_order(new.tenant, state);
    else perform list_trade(new.tenant, state);
  end case;
  return null;
end $$;

create trigger offer_is_listed after insert or update of state on actor
  for each row when (new.kind in ('listing', 'order', 'trade') and new.state like '{%') execute function list_offer_written();
create trigger offer_is_listed after insert on actor_finished
  for each row when (new.kind in ('listing', 'order', 'trade') and new.state like '{%') execute function list_offer_written();

-- Once a statement and in the order of the keys, so that two batches cannot wait for each other. A day's row stays locked until the
-- commit: what comes later in the row was committed later.
create function count_sales() returns trigger language plpgsql as $$
begin
  insert into market_day
  select tenant, asset, (clock_timestamp() at time zone 'utc')::date, min(money), (array_agg(price order by id))[1], max(price), min(price),
    (array_agg(price order by id desc))[1], count(*), sum(price)
  from (
    select tenant, state::jsonb->>'id' as id, state::jsonb->>'asset' as asset, state::jsonb->>'money' as money,
      (state::jsonb->'sold'->>'price')::bigint as price
    from written where kind = 'listing' and state like '{%"phase":"sold"%') sold
  group by tenant, asset order by tenant, asset
  on conflict (tenant, asset, day) do update set high = greatest(market_day.high, excluded.high), low = least(market_day.low, excluded.low),
    last = excluded.last, volume = market_day.volume + excluded.volume, turnover = market_day.turnover + excluded.turnover;
  return null;
end $$;
create trigger sales_are_counted after insert on actor_finished
  referencing new table as written for each statement execute function count_sales();

-- A sale concerns whoever sold and whoever bought.
create function note_sale_concerned() returns trigger language plpgsql as $$
begin
  insert into concern
  select distinct who, new.seq, new.tenant, new.at from unnest(array[new.payload->>'user', new.payload->>'buyer']) who
  where who is not null;
  return null;
end $$;
create trigger sale_concerns after insert on event
  for each row when (new.type = 'listing.sold') execute function note_sale_concerned();

do $$
declare
  name text;
begin
  foreach name in array array['market_listing', 'market_order', 'market_day', 'market_trade'] loop
    execute format('alter table %I enable row level security', name);
    execute format('alter table %I force row level security', name);
    execute format('create policy cell_writer on %I to %I using (true) with check (true)', name, current_user);
    execute format(
      $policy$create policy tenant_reader on %I for select to rollingdrop_reader using (tenant = current_setting('rollingdrop.tenant', true))$policy$,
      name);
    execute format('grant select on %I to rollingdrop_reader', name);
  end loop;
end $$;
