-- name: search
-- The candidates of both legs and their neighbours with their raw scores, filtered inside by the claims of this transaction.
select id, project_id, source, source_id, session_id, ordinal, starts, ends, context, body, type, tags, tool, branch,
    author_id, trust, pinned, occurred_at, place, role, speaker, lexical, semantic, held, rarities
from contextfs.find_passages(
    %(term_keys)s::integer [], %(term_dimensions)s::integer [], %(vector)s::halfvec, %(model)s, %(candidates)s,
    %(projects)s::uuid [], %(sources)s::text [], %(types)s::text [], %(tags)s::text [], %(author)s::uuid,
    %(tools)s::text [], %(branch)s::text, %(since)s::timestamptz, %(until)s::timestamptz, %(at)s::timestamptz,
    %(visibilities)s::text [], %(sensitivities)s::text []
)

-- name: listed
-- The newest passages within the filters, of each source the first one; nothing ranks them.
select p.id, p.project_id, p.source, p.source_id, p.session_id, p.ordinal, p.starts, p.ends, p.context, p.body, p.type,
    p.tags, p.tool, p.branch, p.author_id, p.trust, p.pinned, p.occurred_at, p.place, p.role, p.speaker,
    null::double precision as lexical, null::double precision as semantic,
    '{}'::double precision [] as held, '{}'::double precision [] as rarities
from passages as p
where p.ordinal = 0 and (%(projects)s::uuid [] is null or p.project_id = any(%(projects)s::uuid []))
    and (p.expires_at is null or p.expires_at > %(at)s)
    and (%(sources)s::text [] is null or p.source = any(%(sources)s::text []))
    and (%(types)s::text [] is null or p.type = any(%(types)s::text []))
    and (%(tags)s::text [] is null or p.tags @> %(tags)s::text [])
    and (%(author)s::uuid is null or p.author_id = %(author)s::uuid)
    and (%(tools)s::text [] is null or p.tool = any(%(tools)s::text []))
    and (%(branch)s::text is null or p.branch = %(branch)s::text)
    and (%(since)s::timestamptz is null or p.occurred_at >= %(since)s::timestamptz)
    and (%(until)s::timestamptz is null or p.occurred_at < %(until)s::timestamptz)
    and (%(visibilities)s::text [] is null or p.visibility = any(%(visibilities)s::text []))
    and (%(sensitivities)s::text [] is null or p.sensitivity = any(%(sensitivities)s::text []))
order by p.occurred_at desc, p.id
limit %(candidates)s

-- name: of_memories
-- The passages of some memories within the filters, with the raw scores of both legs.
select p.id, p.project_id, p.source, p.source_id, p.session_id, p.ordinal, p.starts, p.ends, p.context, p.body, p.type,
    p.tags, p.tool, p.branch, p.author_id, p.trust, p.pinned, p.occurred_at, p.place, p.role, p.speaker,
    case when %(idfs)s::text is not null then
        case when p.terms && %(term_keys)s::integer [] then -(p.weights <#> %(idfs)s::sparsevec) else 0 end
    end as lexical,
    case when %(vector)s::text is not null then 1 - (v.embedding <=> %(vector)s::halfvec) end as semantic,
    '{}'::double precision [] as held, %(rarities)s::double precision [] as rarities
from passages as p
left join generations as g on g.state = 'serving' and g.model = %(model)s
left join vectors as v on v.org_id = p.org_id and v.generation_id = g.id and v.passage_id = p.id
where p.memory_id = any(%(memories)s::uuid [])
    and (%(projects)s::uuid [] is null or p.project_id = any(%(projects)s::uuid []))
    and (p.expires_at is null or p.expires_at > %(at)s)
    and (%(sources)s::text [] is null or p.source = any(%(sources)s::text []))
    and (%(types)s::text [] is null or p.type = any(%(types)s::text []))
    and (%(tags)s::text [] is null or p.tags @> %(tags)s::text [])
    and (%(author)s::uuid is null or p.author_id = %(author)s::uuid)
    and (%(tools)s::text [] is null or p.tool = any(%(tools)s::text []))
    and (%(branch)s::text is null or p.branch = %(branch)s::text)
    and (%(since)s::timestamptz is null or p.occurred_at >= %(since)s::timestamptz)
    and (%(until)s::timestamptz is null or p.occurred_at < %(until)s::timestamptz)
    and (%(visibilities)s::text [] is null or p.visibility = any(%(visibilities)s::text []))
    and (%(sensitivities)s::text [] is null or p.sensitivity = any(%(sensitivities)s::text []))

-- name: pinned
-- The pinned memories of a project that have not ended, newest first.
select id, type, title, content, author_kind, valid_from, created_at, session_id, conflicted
from memories
where project_id = %(project_id)s and pinned and not deleted
    and (valid_to is null or valid_to > %(at)s) and (expires_at is null or expires_at > %(at)s)
order by updated_at desc, id
limit %(limit)s

-- name: visible
-- How many of some things are sessions, and memories, that may be seen and can be within the filters, as their passages
-- will be. Of a session, something must have been said in the time that is looked at.
select
    (
        select count(*) from sessions as s
        where s.id = any(%(things)s::uuid [])
            and (%(projects)s::uuid [] is null or s.project_id = any(%(projects)s::uuid []))
            and (%(types)s::text [] is null or 'message' = any(%(types)s::text []))
            and (%(tags)s::text [] is null or s.tags @> %(tags)s::text [])
            and (%(author)s::uuid is null or coalesce(s.user_id, s.created_by) = %(author)s::uuid)
            and (%(tools)s::text [] is null or s.tool = any(%(tools)s::text []))
            and (%(branch)s::text is null or s.git_branch = %(branch)s::text)
            and (%(visibilities)s::text [] is null or s.visibility = any(%(visibilities)s::text []))
            and (%(sensitivities)s::text [] is null or s.sensitivity = any(%(sensitivities)s::text []))
            and (
                coalesce(%(since)s::timestamptz, %(until)s::timestamptz) is null or exists (
                    select from messages as m
                    where m.org_id = s.org_id and m.session_id = s.id
                        and (%(since)s::timestamptz is null or m.created_at >= %(since)s::timestamptz)
                        and (%(until)s::timestamptz is null or m.created_at < %(until)s::timestamptz)
                )
            )
    ) as sessions,
    (
        select count(*) from memories as m
        where m.id = any(%(things)s::uuid []) and not m.deleted and %(tools)s::text [] is null and %(branch)s::text is null
            and (least(m.valid_to, m.expires_at) is null or least(m.valid_to, m.expires_at) > %(at)s)
            and (%(projects)s::uuid [] is null or m.project_id = any(%(projects)s::uuid []))
            and (%(types)s::text [] is null or m.type = any(%(types)s::text []))
            and (%(tags)s::text [] is null or m.tags @> %(tags)s::text [])
            and (%(author)s::uuid is null or m.author_id = %(author)s::uuid)
            and (%(since)s::timestamptz is null or coalesce(m.valid_from, m.created_at) >= %(since)s::timestamptz)
            and (%(until)s::timestamptz is null or coalesce(m.valid_from, m.created_at) < %(until)s::timestamptz)
            and (%(visibilities)s::text [] is null or m.visibility = any(%(visibilities)s::text []))
            and (%(sensitivities)s::text [] is null or m.sensitivity = any(%(sensitivities)s::text []))
    ) as memories

-- name: conflicted
-- Those of some memories that are in conflict.
select id from memories where id = any(%(ids)s::uuid []) and conflicted

-- name: restricted
-- Those of some passages that are of what is restricted.
select id from passages where id = any(%(ids)s::uuid []) and sensitivity = 'restricted'

-- name: seen
-- By whom some passages are seen, and how sensitive they are.
select id, visibility, sensitivity from passages where id = any(%(ids)s::uuid [])

-- name: ends
-- Until when some memories hold, and what they were retired for.
select id, valid_to, expires_at, jsonb_build_object('retired', metadata -> 'retired') as metadata
from memories
where id = any(%(ids)s::uuid []) and (valid_to is not null or expires_at is not null)

-- name: trim
-- Take the passages away that a text has no more: those of each source from this ordinal on.
delete from passages as p
using unnest(%(sources)s::uuid [], %(kept)s::integer []) as k (source_id, kept)
where p.source_id = k.source_id and p.ordinal >= k.kept

-- name: add
-- Store passages, anew where they are there already. Those that are new, or say something else, wait for their vectors.
insert into passages (
    org_id, project_id, id, source, source_id, session_id, memory_id, ordinal, starts, ends, context, body, terms,
    weights, type, tags, tool, branch, author_id, trust, pinned, visibility, sensitivity, occurred_at, expires_at, place,
    role, speaker, languages
)
values (
    %(org_id)s, %(project_id)s, %(id)s, %(source)s, %(source_id)s, %(session_id)s, %(memory_id)s, %(ordinal)s,
    %(starts)s, %(ends)s, %(context)s, %(body)s, %(terms)s::integer [], %(weights)s::sparsevec, %(type)s,
    %(tags)s::text [], %(tool)s, %(branch)s, %(author_id)s, %(trust)s, %(pinned)s, %(visibility)s, %(sensitivity)s,
    %(occurred_at)s, %(expires_at)s, %(place)s, %(role)s, %(speaker)s, %(languages)s
)
on conflict (org_id, source_id, ordinal) do update set
    starts = excluded.starts, ends = excluded.ends, context = excluded.context, body = excluded.body,
    terms = excluded.terms, weights = excluded.weights, type = excluded.type, tags = excluded.tags,
    tool = excluded.tool, branch = excluded.branch, author_id = excluded.author_id, trust = excluded.trust,
    pinned = excluded.pinned, visibility = excluded.visibility, sensitivity = excluded.sensitivity,
    occurred_at = excluded.occurred_at, expires_at = excluded.expires_at, place = excluded.place, role = excluded.role,
    speaker = excluded.speaker, languages = excluded.languages

-- name: messages
-- The messages of a session that are searched through: all, or those that have no passages yet.
select m.id, m.role, m.content, m.created_at, left(m.metadata ->> 'speaker', 200) as speaker
from messages as m
where m.session_id = %(session_id)s and m.kind in ('prompt', 'reply', 'summary') and m.content <> ''
    and (
        %(anew)s
        or not exists (select from passages as p where p.org_id = m.org_id and p.source_id = m.id)
    )
order by m.created_at, m.id

-- name: next_place
-- The place behind the last passage of a session.
select coalesce(max(place) + 1, 0) as place
from passages
where session_id = %(session_id)s

-- name: way
-- How the last search of this transaction compared vectors.
select coalesce(nullif(current_setting('app.search_way', true), ''), 'none') as way
