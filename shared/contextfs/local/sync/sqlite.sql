-- name: waiting
-- Memories with revisions that the server has not been sent, and whether it has been sent any.
select
    m.id, m.type, m.tags, m.private, m.fields,
    exists (select 1 from revisions as s where s.memory_id = m.id and s.sent = 1) as known
from memories as m
where m.id in (select r.memory_id from revisions as r where not r.sent) and m.id > :after
order by m.id
limit :limit

-- name: any_unsent
-- Whether there is a revision that the server has not been sent.
select 1 as is_so from revisions where not sent limit 1

-- name: any_own
-- Whether there is a session of our own.
select 1 as is_so from sessions where own limit 1

-- name: unsent
-- Revisions of some memories that the server has not been sent.
select memory_id, id, parents, fields, author, clock from revisions
where memory_id in (select value from json_each(:ids)) and not sent
order by memory_id, clock, id

-- name: mark_sent
-- Remember that the server has a revision.
update revisions set sent = 1 where memory_id = :memory_id and id = :id

-- name: mark_refused
-- Remember that the server does not take a revision.
update revisions set sent = 2 where memory_id = :memory_id and id = :id

-- name: refuse
-- Remember why.
insert into refused (memory_id, id, reason) values (:memory_id, :id, :reason)
on conflict do update set reason = excluded.reason

-- name: refused
-- What the server would not take.
select memory_id, id, reason from refused order by memory_id, id

-- name: forget_server
-- Another server has nothing of this store yet.
update revisions set sent = 0 where sent

-- name: forget_refused
-- Another server may take what one refused.
delete from refused

-- name: recorded
-- Our own sessions that others see on the server, each with the file that it was read from, and which of its messages
-- were left behind.
select
    id, tool, external_id, json_extract(metadata, '$.file') as file,
    (
        select group_concat(id, ' ') from (
            select m.id from messages as m
            where m.session_id = sessions.id and m.metadata like '%"left_behind"%'
            order by m.id
        )
    ) as left_behind
from sessions
where own and told like 'project %' and json_extract(metadata, '$.file') is not null
order by id
