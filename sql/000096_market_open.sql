-- How many one has open is asked with every new offer, however many one has ever had.
create index market_listing_seller_open on market_listing (tenant, seller) where phase = 'open';
create index market_order_user_open on market_order (tenant, user_id) where phase = 'open';
create index market_trade_offerer_open on market_trade (tenant, offerer) where ended_at is null;
