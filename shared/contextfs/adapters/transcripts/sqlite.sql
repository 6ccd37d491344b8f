-- name: columns
-- The columns of a table.
select name from pragma_table_info(:of_table)

-- name: opens
-- Whether the file can be read at all.
select count(*) from sqlite_master

-- name: make
-- Make a table as another program had it; the names are those of its own columns.
create table if not exists {table} ({columns})

-- name: index
-- Find a row by one of its columns.
create index if not exists {index} on {table} ({column})

-- name: put
-- Put a row into a table.
insert into {table} ({columns}) values ({values})
