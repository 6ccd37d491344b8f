-- name: columns
-- The columns of a table.
select name from pragma_table_info(:of_table)

-- name: opens
-- Whether the file can be read at all.
select count(*) from sqlite_master
