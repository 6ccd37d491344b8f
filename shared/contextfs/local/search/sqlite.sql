-- name: dirty
-- Some memories that changed since search has looked.
select memory_id from dirty order by memory_id limit :limit

-- name: is_dirty
-- Whether any memory changed since search has looked.
select exists (select 1 from dirty) as is_so

-- name: dirty_count
-- How many memories changed since search has looked.
select count(*) as due from dirty

-- name: clean
-- A memory was looked at.
delete from dirty where memory_id = :memory_id

-- name: all_dirty
-- Have every memory looked at again, and those that passages are left of.
insert or ignore into dirty (memory_id)
select id from memories
union
select source_id from passages where source = 'memory'

-- name: memory
-- One memory, deleted or not.
select * from memories where id = :id

-- name: some_memories
-- Some memories, deleted or not.
select id, fields from memories where id in (select value from json_each(:ids))

-- name: pinned
-- The pinned memories that have not ended, newest first.
select * from memories
where pinned and not deleted
    and (json_extract(fields, '$.valid_to') is null or json_extract(fields, '$.valid_to') > :at)
    and (json_extract(fields, '$.expires_at') is null or json_extract(fields, '$.expires_at') > :at)
order by updated desc, id
limit :limit

-- name: conflicted
-- Those of some memories that are in conflict.
select id from memories where conflicted and id in (select value from json_each(:ids))

-- name: clear_source
-- Take the passages of a memory or message away.
delete from passages where source_id = :source_id

-- name: add_passage
-- Store a passage; gives its id.
insert into passages (
    source, source_id, session_id, ordinal, starts, ends, length, type, tags, tool, branch, author, trust, pinned,
    visibility, sensitivity, occurred, expires, place, role, speaker, fingerprint, hash
)
values (
    :source, :source_id, :session_id, :ordinal, :starts, :ends, :length, :type, :tags, :tool, :branch, :author, :trust,
    :pinned, :visibility, :sensitivity, :occurred, :expires, :place, :role, :speaker, :fingerprint, :hash
)
returning id

-- name: add_text
-- Store what a passage says.
insert into passage_texts (id, context, body, terms) values (:id, :context, :body, :terms)

-- name: has_sessions
-- Whether this store keeps sessions.
select exists (select 1 from sqlite_master where type = 'table' and name = 'dirty_sessions') as is_so

-- name: dirty_sessions
-- Some sessions with messages that search has not looked at.
select session_id from dirty_sessions order by session_id limit :limit

-- name: is_any_session_dirty
-- Whether any session has messages that search has not looked at.
select exists (select 1 from dirty_sessions) as is_so

-- name: dirty_session_count
-- How many sessions have messages that search has not looked at.
select count(*) as due from dirty_sessions

-- name: clean_session
-- A session was looked at.
delete from dirty_sessions where session_id = :session_id

-- name: all_sessions_dirty
-- Have every session looked at again, and those that passages are left of.
insert or ignore into dirty_sessions (session_id)
select id from sessions
union
select session_id from passages where session_id is not null

-- name: sessions_seen
-- What tells who may see each session.
select id, tool, branch, cwd, tags, chosen from sessions

-- name: session
-- One session.
select * from sessions where id = :id

-- name: label
-- What the passages of a session were made with.
select label from indexed_sessions where session_id = :session_id

-- name: set_label
-- Remember what the passages of a session are made with.
insert into indexed_sessions (session_id, label, speakers) values (:session_id, :label, :speakers)
on conflict (session_id) do update set label = excluded.label, speakers = excluded.speakers

-- name: speakers
-- Who speaks in a session, by name.
select distinct substr(cast(json_extract(metadata, '$.speaker') as text), 1, 200) as speaker
from messages
where session_id = :session_id and metadata like '%"speaker"%' and json_extract(metadata, '$.speaker') is not null
order by speaker

-- name: forget_label
-- Forget what the passages of a session were made with.
delete from indexed_sessions where session_id = :session_id

-- name: clear_session
-- Take the passages of a session away.
delete from passages where session_id = :session_id

-- name: is_out_of_order
-- Whether the passages of a session no longer stand as its messages do: one is gone, or one came that belongs between.
select exists (
    select 1 from passages as p
    where p.session_id = :session_id
        and p.source_id not in (select id from messages where session_id = :session_id)
) or exists (
    select 1 from messages as m
    where m.session_id = :session_id and m.kind in ('prompt', 'reply', 'summary') and m.content <> ''
        and not exists (select 1 from passages as p where p.source_id = m.id)
        and (m.created_at, m.id) < (
            select l.created_at, l.id from passages as p
            cross join messages as l on l.id = p.source_id
            where p.session_id = :session_id
            order by p.place desc limit 1
        )
) as is_so

-- name: next_place
-- The place behind the last passage of a session.
select coalesce(max(place) + 1, 0) as place from passages where session_id = :session_id

-- name: unindexed_messages
-- Some messages of a session that have no passages yet.
select m.id, m.role, m.content, m.created_at,
    substr(cast(json_extract(m.metadata, '$.speaker') as text), 1, 200) as speaker
from messages as m
where m.session_id = :session_id and m.kind in ('prompt', 'reply', 'summary') and m.content <> ''
    and not exists (select 1 from passages as p where p.source_id = m.id)
order by m.created_at, m.id
limit :limit

-- name: matching
-- The passages that say one of some words, best first.
select rowid as id from passage_words where passage_words match :match order by rank limit :limit

-- name: matching_within
-- The passages within some bounds that say one of some words, best first.
select p.id
from passage_words as w
cross join passages as p on p.id = w.rowid
where w.passage_words match :match
    and (:sources is null or p.source in (select value from json_each(:sources)))
    and (:types is null or p.type in (select value from json_each(:types)))
    and (:tools is null or p.tool in (select value from json_each(:tools)))
    and (:authors is null or lower(p.author) in (select value from json_each(:authors)))
    and (:branch is null or p.branch = :branch)
    and (:since is null or p.occurred >= :since)
    and (:until is null or p.occurred < :until)
    and (:visibilities is null or p.visibility in (select value from json_each(:visibilities))
        or p.session_id in (select value from json_each(:sessions)))
    and (:sensitivities is null or p.sensitivity in (select value from json_each(:sensitivities)))
    and (:tags is null or not exists (
        select 1 from json_each(:tags) as wanted
        where wanted.value not in (select value from json_each(p.tags))
    ))
order by w.rank
limit :limit

-- name: listed
-- The newest passages within some bounds, of each source the first one; nothing ranks them.
select p.id
from passages as p
where p.ordinal = 0 and (p.expires is null or p.expires > :at)
    and (:sources is null or p.source in (select value from json_each(:sources)))
    and (:types is null or p.type in (select value from json_each(:types)))
    and (:tools is null or p.tool in (select value from json_each(:tools)))
    and (:authors is null or lower(p.author) in (select value from json_each(:authors)))
    and (:branch is null or p.branch = :branch)
    and (:since is null or p.occurred >= :since)
    and (:until is null or p.occurred < :until)
    and (:visibilities is null or p.visibility in (select value from json_each(:visibilities))
        or p.session_id in (select value from json_each(:sessions)))
    and (:sensitivities is null or p.sensitivity in (select value from json_each(:sensitivities)))
    and (:tags is null or not exists (
        select 1 from json_each(:tags) as wanted
        where wanted.value not in (select value from json_each(p.tags))
    ))
order by p.occurred desc, p.id
limit :limit

-- name: holders
-- How many passages hold each of some terms.
select term, doc from passage_vocabulary where term in (select value from json_each(:terms))

-- name: totals
-- How many passages there are that have not expired.
select count(*) - (select count(*) from passages where expires is not null and expires <= :at) as passages from passages

-- name: terms
-- The terms of some passages that have not expired.
select p.id, p.length, t.terms
from json_each(:ids) as wanted
cross join passages as p on p.id = wanted.value
cross join passage_texts as t on t.id = p.id
where (p.expires is null or p.expires > :at)

-- name: beside
-- The passages within some bounds that stand right before and after some others in their sessions.
select p.id
from json_each(:ids) as wanted
cross join passages as seed on seed.id = wanted.value and seed.session_id is not null
cross join passages as p on p.session_id = seed.session_id and p.place in (seed.place - 1, seed.place + 1)
where (p.expires is null or p.expires > :at)
    and (:sources is null or p.source in (select value from json_each(:sources)))
    and (:types is null or p.type in (select value from json_each(:types)))
    and (:tools is null or p.tool in (select value from json_each(:tools)))
    and (:authors is null or lower(p.author) in (select value from json_each(:authors)))
    and (:branch is null or p.branch = :branch)
    and (:since is null or p.occurred >= :since)
    and (:until is null or p.occurred < :until)
    and (:visibilities is null or p.visibility in (select value from json_each(:visibilities))
        or p.session_id in (select value from json_each(:sessions)))
    and (:sensitivities is null or p.sensitivity in (select value from json_each(:sensitivities)))
    and (:tags is null or not exists (
        select 1 from json_each(:tags) as wanted_tag
        where wanted_tag.value not in (select value from json_each(p.tags))
    ))

-- name: candidates
-- Passages by their ids, with all that ranks and shows them.
select p.id, p.source, p.source_id, p.session_id, p.starts, p.ends, p.type, p.tags, p.tool, p.branch, p.trust,
    p.pinned, p.occurred, p.place, p.role, p.speaker, p.fingerprint, p.author, p.visibility, p.sensitivity, t.context,
    t.body, p.length, t.terms
from json_each(:ids) as wanted
cross join passages as p on p.id = wanted.value
cross join passage_texts as t on t.id = p.id

-- name: embedded
-- In which rows the vectors of some passages are.
select p.id, v.row, v.crc
from json_each(:ids) as wanted
cross join passages as p on p.id = wanted.value
cross join vectors as v on v.hash = p.hash and v.model = :model

-- name: in_rows
-- The passages within some bounds whose vectors are in some rows. SQLite takes a cross join's tables as they stand:
-- it cannot know that the rows are few.
select p.id, v.row
from json_each(:rows) as wanted
cross join vectors as v on v.model = :model and v.row = wanted.value
cross join passages as p on p.hash = v.hash
where (p.expires is null or p.expires > :at)
    and (:sources is null or p.source in (select value from json_each(:sources)))
    and (:types is null or p.type in (select value from json_each(:types)))
    and (:tools is null or p.tool in (select value from json_each(:tools)))
    and (:authors is null or lower(p.author) in (select value from json_each(:authors)))
    and (:branch is null or p.branch = :branch)
    and (:since is null or p.occurred >= :since)
    and (:until is null or p.occurred < :until)
    and (:visibilities is null or p.visibility in (select value from json_each(:visibilities))
        or p.session_id in (select value from json_each(:sessions)))
    and (:sensitivities is null or p.sensitivity in (select value from json_each(:sensitivities)))
    and (:tags is null or not exists (
        select 1 from json_each(:tags) as wanted_tag
        where wanted_tag.value not in (select value from json_each(p.tags))
    ))

-- name: looked_in
-- How many memories and messages search knows.
select
    (select count(distinct source_id) from passages where source = 'memory') as memories,
    (select count(distinct source_id) from passages where source = 'message') as messages

-- name: sizes
-- How much the index holds.
select
    (select count(distinct source_id) from passages where source = 'memory') as memories,
    (select count(distinct session_id) from passages) as sessions,
    (select count(*) from passages) as passages,
    (select count(*) from unembedded) as waiting

-- name: waiting_count
-- How many passages wait for their vectors.
select count(*) as waiting from unembedded

-- name: waiting
-- Some passages that wait for their vectors, newest first, who speaks in their sessions, and whether their text has a
-- vector already.
select u.id, p.source, p.hash, t.context, t.body, coalesce(s.speakers, '[]') as speakers,
    exists (select 1 from vectors as v where v.model = :model and v.hash = p.hash) as is_known
from unembedded as u
join passages as p on p.id = u.id
join passage_texts as t on t.id = u.id
left join indexed_sessions as s on s.session_id = p.session_id
order by u.id desc
limit :limit

-- name: embedded_now
-- A passage has its vector.
delete from unembedded where id = :id

-- name: all_unembedded
-- Have every passage wait that has no vector of this model.
insert or ignore into unembedded (id)
select p.id from passages as p
where not exists (select 1 from vectors as v where v.model = :model and v.hash = p.hash)

-- name: matrix
-- The file of a model's vectors.
select file, dimensions from matrices where model = :model

-- name: matrices
-- All files of vectors.
select model, file from matrices

-- name: new_file
-- Make up the name of a file of vectors.
select 'vectors-' || lower(hex(randomblob(4))) || '.f16' as file

-- name: set_matrix
-- A model's vectors are in this file.
insert into matrices (model, file, dimensions) values (:model, :file, :dimensions)
on conflict (model) do update set file = excluded.file, dimensions = excluded.dimensions

-- name: forget_matrix
-- A model has no file.
delete from matrices where model = :model

-- name: forget_vectors
-- A model has no vectors.
delete from vectors where model = :model

-- name: rows
-- How many rows the file of a model has.
select coalesce(max(row) + 1, 0) as rows from vectors where model = :model

-- name: vector
-- Whether a text has a vector.
select row from vectors where model = :model and hash = :hash

-- name: add_vector
-- A text's vector is in this row.
insert into vectors (model, hash, row, crc) values (:model, :hash, :row, :crc)

-- name: live_vectors
-- The vectors whose texts some passage says, in the order of their rows.
select hash, row, crc from vectors as v
where model = :model and exists (select 1 from passages as p where p.hash = v.hash)
order by row

-- name: vector_counts
-- How many vectors a model has, and how many of them no passage needs any more.
select count(*) as all_of_them,
    coalesce(sum(not exists (select 1 from passages as p where p.hash = v.hash)), 0) as unneeded
from vectors as v where model = :model

-- name: examine
-- Compare the word index with the texts; it is an error where they differ.
insert into passage_words (passage_words, rank) values ('integrity-check', 1)

-- name: optimize
-- Merge what the word index wrote in pieces.
insert into passage_words (passage_words) values ('optimize')

-- name: has_words
-- Whether there is an index.
select 1 as is_so from sqlite_master where type = 'table' and name = 'passage_words'

-- name: merge_words
-- Merge the parts of the index of words, which drops the words of passages that are gone.
insert into passage_words (passage_words) values ('optimize')
