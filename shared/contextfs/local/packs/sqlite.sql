-- name: is_made
-- Whether there are tables for packs.
select exists (select 1 from sqlite_master where type = 'table' and name = 'recalls') as is_so

-- name: keep
-- Keep the record of a pack.
insert into packs (id, short, created, record) values (:id, :short, :created, :record)

-- name: note
-- Note which memories were handed over on a day.
insert or ignore into recalls (memory_id, day) select value, :day from json_each(:handed)

-- name: forget
-- Forget old packs.
delete from packs where created < :before

-- name: find
-- The newest pack that has a name; of none, the newest of all.
select record from packs
where (:id is null or id = :id) and (:short is null or short = :short)
order by created desc, id desc
limit 1

-- name: lines
-- How some memories begin today.
select id, substr(coalesce(title || ': ', '') || content, 1, 200) as line
from memories
where id in (select value from json_each(:ids)) and not deleted

-- name: said
-- How some messages begin.
select id, substr(content, 1, 200) as line from messages where id in (select value from json_each(:ids))

-- name: recalled
-- When memories were handed over last.
select memory_id, max(day) as day from recalls group by memory_id

-- name: use
-- Since when it is noted what is handed over, and on how many days it was since a day.
select
    (select min(day) from recalls) as since,
    (select count(distinct day) from recalls where day >= :from_day) as days
