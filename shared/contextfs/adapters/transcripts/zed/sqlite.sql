-- name: threads
-- Every thread, with all its columns: they differ from version to version.
select * from threads order by id
