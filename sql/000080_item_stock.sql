-- Items of which there are only so many: how many were ever offered, and the outcome that put them into the stock. How many are left
-- is the balance of the account `stock:items`. `stocked` says that the outcome has been committed.
create table item_stock (
  tenant text not null,
  asset text not null,
  amount bigint not null check (amount > 0),
  outcome uuid not null,
  stocked boolean not null default false,
  primary key (tenant, asset)
);
