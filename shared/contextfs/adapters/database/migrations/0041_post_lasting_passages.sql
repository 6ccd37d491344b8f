-- A passage comes up for as long as its memory holds: until its `valid_to`, or its `expires_at`, whichever is first.

alter table contextfs.passages no force row level security;
alter table contextfs.memories no force row level security;
update contextfs.passages as p
set expires_at = least(m.valid_to, m.expires_at)
from contextfs.memories as m
where p.org_id = m.org_id and p.memory_id = m.id and m.valid_to is not null;
alter table contextfs.passages force row level security;
alter table contextfs.memories force row level security;

comment on column contextfs.passages.expires_at is 'Until when it comes up: the end of its memory, whichever is set first.';
