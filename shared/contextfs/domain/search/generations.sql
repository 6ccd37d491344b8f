-- name: live
-- The generation that serves, and the one that is being built.
select id, model, dimensions, state, graphed_at, started_at, served_at, problem
from generations
where state <> 'retired'
order by state desc

-- name: get
-- A generation, whatever its state.
select id, model, dimensions, state, graphed_at, started_at, served_at, problem
from generations
where id = %(id)s

-- name: retired
-- The generations whose vectors are still to be dropped.
select id, model, dimensions, state, graphed_at, started_at, served_at, problem
from generations
where state = 'retired'

-- name: hold
-- Wait until no transaction of the organization is storing passages, and keep others from it until the end of this one.
select pg_advisory_xact_lock(hashtextextended('generations:' || %(org_id)s::text, 0))

-- name: open
-- Begin a generation, unless another one of this state is there.
insert into generations (org_id, id, model, state, started_at, served_at)
values (
    %(org_id)s, %(id)s, %(model)s, %(state)s, %(now)s,
    case when %(state)s = 'serving' then %(now)s::timestamptz end
)
on conflict do nothing
returning id

-- name: await
-- Note for every passage that it waits for a vector of this generation.
select contextfs.await_generation(%(id)s) as waiting

-- name: retire
-- What serves no more, and what was being built for nothing.
update generations set state = 'retired'
where state = any(%(states)s::text []) and id <> %(besides)s

-- name: serve
-- From now on search asks this generation.
update generations
set state = 'serving', served_at = %(now)s, problem = null
where id = %(id)s

-- name: measure
-- Keep how many dimensions a generation has, when its first vectors come.
update generations
set dimensions = %(dimensions)s
where id = %(id)s and dimensions is null

-- name: note
-- Keep what keeps a generation from going on; null: nothing. Whoever holds the row now tells something newer.
update generations
set problem = %(problem)s
where id in (
    select g.id from generations as g
    where g.id = %(id)s and g.problem is distinct from %(problem)s::text
    for no key update skip locked
)

-- name: count
-- How many passages it is of, and how many wait.
select passages, waiting
from contextfs.count_generation(%(id)s)

-- name: left
-- Until when others have taken something of what waits, and one person whose private passages wait that nobody took.
select taken_until, waits_for
from contextfs.left_of_generation(%(id)s, %(now)s)

-- name: lacking
-- How many passages of some projects (null: all) that may be seen have no vector that search could compare, up to a
-- thousand. In the order of the index of what waits, so that no plan reads the vectors that are there.
select count(*) as passages
from (
    (
        select from vectors as v
        where v.generation_id = (select g.id from generations as g where g.state = 'serving') and v.embedding is null
            and (%(projects)s::uuid [] is null or v.project_id = any(%(projects)s::uuid []))
        order by v.passage_id
        limit %(most)s
    )
    union all
    (
        select from passages as p
        where not exists (select from generations as g where g.state = 'serving')
            and (%(projects)s::uuid [] is null or p.project_id = any(%(projects)s::uuid []))
        limit %(most)s
    )
) as lacking

-- name: is_waiting
-- Whether a passage waits for a vector that nobody else has taken.
select exists (
    select from vectors as v
    where v.generation_id = %(id)s and v.embedding is null and v.passage_id not in (
        select unnest(b.passages) from vector_batches as b
        where b.generation_id = %(id)s and b.taken_until > %(now)s and b.event_id <> %(by)s
    )
) as waits

-- name: hold_batches
-- Take one's turn in taking batches of a generation.
select pg_advisory_xact_lock(hashtextextended('batches:' || %(id)s::text, 0))

-- name: end_batches
-- Forget batches whose while is over, and one's own from before.
delete from vector_batches
where generation_id = %(id)s
    and (taken_until <= %(now)s or event_id = %(by)s and taken_at <= %(before)s)

-- name: own_batch
-- Whether one's own batch is being worked on.
select exists (
    select from vector_batches as b where b.generation_id = %(id)s and b.event_id = %(by)s
) as is_taken

-- name: take
-- Take passages that wait for a vector, for a while, so that no other worker embeds them too; and who speaks in their
-- sessions. What is held is just being changed, or embedded by the code before this one.
with free as (
    select v.passage_id
    from vectors as v
    where v.generation_id = %(id)s and v.embedding is null
        and v.passage_id not in (
            select unnest(b.passages) from vector_batches as b where b.generation_id = %(id)s
        )
        and not exists (
            select from vector_batches as b where b.generation_id = %(id)s and b.event_id = %(by)s
        )
    order by v.passage_id
    limit %(limit)s
    for update skip locked
),
taken as (
    insert into vector_batches (org_id, generation_id, event_id, passages, taken_at, taken_until)
    select %(org_id)s, %(id)s, %(by)s, array_agg(free.passage_id), %(now)s, %(until)s
    from free
    having count(*) > 0
)
select p.id, p.source, p.context, p.body, array(
    select distinct n.speaker
    from passages as n
    where n.org_id = p.org_id and n.session_id = p.session_id and n.speaker is not null
) as speakers
from free
inner join passages as p on p.org_id = %(org_id)s and p.id = free.passage_id
order by p.id

-- name: waiting
-- Those of some passages that wait for a vector still, held: one that is held by others is just being changed.
select p.id, p.source, p.context, p.body, array(
    select distinct n.speaker
    from passages as n
    where n.org_id = p.org_id and n.session_id = p.session_id and n.speaker is not null
) as speakers
from vectors as v
inner join passages as p on p.org_id = v.org_id and p.id = v.passage_id
where v.generation_id = %(id)s and v.passage_id = any(%(passages)s::uuid []) and v.embedding is null
order by v.passage_id
for update of v skip locked

-- name: release
-- Let others take what was taken and has no vector.
delete from vector_batches
where generation_id = %(id)s and event_id = %(by)s and taken_at = %(taken_at)s

-- name: known
-- Vectors of this model that were made from one of these texts already, by the texts' hashes.
select distinct on (v.said) v.said, v.embedding::text as vector
from vectors as v
inner join generations as g on g.org_id = v.org_id and g.id = v.generation_id
where v.said = any(%(said)s) and v.embedding is not null and g.model = %(model)s

-- name: keep
-- Give a passage its vector, and keep the hash of what it was made from.
update vectors
set embedding = %(vector)s::halfvec, said = %(said)s
where generation_id = %(id)s and passage_id = %(passage_id)s

-- name: drop_vectors
-- Drop some vectors of a retired generation.
select contextfs.drop_vectors(%(id)s, %(most)s) as dropped

-- name: drop
-- Forget a retired generation.
delete from generations
where id = %(id)s and state = 'retired'
