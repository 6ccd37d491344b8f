-- name: search
-- The candidates of both legs with their raw scores, filtered inside by the claims of this transaction.
select *
from contextfs.search_passages(
    %(term_keys)s::integer [], %(term_dimensions)s::integer [], %(vector)s::halfvec, %(model)s, %(candidates)s,
    %(projects)s::uuid [], %(sources)s::text [], %(types)s::text [], %(tags)s::text [], %(author)s::uuid,
    %(tools)s::text [], %(branch)s::text, %(since)s::timestamptz, %(until)s::timestamptz, %(at)s::timestamptz
)

-- name: pinned
-- The pinned memories of a project, newest first.
select id, type, title, content, author_kind, updated_at, session_id
from memories
where project_id = %(project_id)s and pinned and not deleted and (expires_at is null or expires_at > %(at)s)
order by updated_at desc, id
limit %(limit)s

-- name: clear_memory
-- Take a memory's passages away.
delete from passages
where memory_id = %(memory_id)s

-- name: clear_session
-- Take a session's passages away.
delete from passages
where session_id = %(session_id)s

-- name: add
-- Store passages; their vectors come later.
insert into passages (
    org_id, project_id, id, source, source_id, session_id, memory_id, ordinal, starts, ends, context, body, terms,
    weights, type, tags, tool, branch, author_id, trust, pinned, visibility, occurred_at, expires_at
)
values (
    %(org_id)s, %(project_id)s, %(id)s, %(source)s, %(source_id)s, %(session_id)s, %(memory_id)s, %(ordinal)s,
    %(starts)s, %(ends)s, %(context)s, %(body)s, %(terms)s::integer [], %(weights)s::sparsevec, %(type)s,
    %(tags)s::text [], %(tool)s, %(branch)s, %(author_id)s, %(trust)s, %(pinned)s, %(visibility)s, %(occurred_at)s,
    %(expires_at)s
)
on conflict (org_id, source_id, ordinal) do nothing

-- name: unindexed_messages
-- The messages of a session that have no passages yet.
select m.id, m.role, m.content, m.created_at
from messages as m
where m.session_id = %(session_id)s and m.kind in ('prompt', 'reply', 'summary') and m.content <> ''
    and not exists (select from passages as p where p.org_id = m.org_id and p.source_id = m.id)
order by m.created_at, m.id

-- name: waiting
-- Passages that have no vector of this model, taken so that no other worker embeds them too.
select id, context, body
from passages
where embedding is null
order by source, id
limit %(limit)s
for update skip locked

-- name: embed
-- Give a passage its vector.
update passages
set embedding = %(vector)s::halfvec, embedding_model = %(model)s
where id = %(id)s
