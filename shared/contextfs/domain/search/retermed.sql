-- name: is_any
-- Whether the organization has passages that were made for other languages.
select contextfs.has_made_otherwise(%(languages)s) as is_any

-- name: count
-- How many these are, other people's private ones too.
select contextfs.count_made_otherwise(%(languages)s) as passages

-- name: take
-- Some of these that may be seen, held, with what stands above them where words are searched.
select p.id, p.source, p.context, p.body, p.speaker, p.place = p.ordinal as opens, s.title
from passages as p
left join sessions as s on s.org_id = p.org_id and s.project_id = p.project_id and s.id = p.session_id
where p.id in (select contextfs.made_otherwise(%(languages)s, %(most)s))
order by p.id
for no key update of p

-- name: keep
-- Give a passage its terms in these languages.
update passages
set terms = %(terms)s::integer [], weights = %(weights)s::sparsevec, languages = %(languages)s
where id = %(id)s

-- name: next_reader
-- One whose private passages are among them, behind another one.
select contextfs.made_otherwise_by(%(languages)s, %(after)s::uuid) as reader
