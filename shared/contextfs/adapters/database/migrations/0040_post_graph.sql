-- What was remembered before there was a graph is taken into it a project at a time, with the eyes of each author.

alter table contextfs.memories no force row level security;
alter table contextfs.outbox no force row level security;

insert into contextfs.outbox (org_id, id, project_id, type, subject, time, actor, reader, data)
select m.org_id, gen_random_uuid(), m.project_id, 'graph.due', m.project_id, now(), 'platform', m.author_id, '{}'
from contextfs.memories as m
where not m.deleted
group by m.org_id, m.project_id, m.author_id;

alter table contextfs.memories force row level security;
alter table contextfs.outbox force row level security;
