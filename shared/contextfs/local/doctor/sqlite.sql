-- name: quick_check
-- What SQLite finds wrong with the file; one row that says ok when that is nothing.
pragma quick_check(3)

-- name: without_file
-- Memories that have no file in a tree, and for which none is due.
select m.id, m.path, m.private from memories as m
where not m.deleted
    and not exists (select 1 from files as f where f.memory_id = m.id and f.tree = :tree)
    and not exists (select 1 from intents as i where i.memory_id = m.id and i.tree = :tree)
order by m.path

-- name: other_intents
-- How many notes of unfinished work other working trees left.
select tree, count(*) as notes from intents where tree <> :tree group by tree order by tree
