-- Vectors leave the passages for a table of their own, of any model and any number of dimensions. A generation is all
-- vectors of an organization that one model made: search asks the one that serves, while another one is built.

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

create table contextfs.generations (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    model text not null,
    dimensions integer check (dimensions between 1 and 16000),
    state text not null check (state in ('building', 'serving', 'retired')),
    graphed_at timestamptz,
    started_at timestamptz not null,
    served_at timestamptz,
    problem text,
    primary key (org_id, id)
);
comment on column contextfs.generations.graphed_at is
'Since when its vectors have a graph of neighbours: an index of its own, made where scanning them would take too long.';
create unique index generations_serving on contextfs.generations (org_id) where state = 'serving';
create unique index generations_building on contextfs.generations (org_id) where state = 'building';

-- A row without a vector waits for one. `said` is the hash of the text that was embedded: none is embedded twice.
-- Vectors of up to 4,000 dimensions stay in their row, and
-- the rows close together: comparing all of them reads nothing else.
create table contextfs.vectors (
    org_id uuid not null,
    generation_id uuid not null,
    passage_id uuid not null,
    project_id uuid not null,
    said bytea,
    embedding halfvec,
    primary key (org_id, generation_id, passage_id),
    foreign key (org_id, generation_id) references contextfs.generations (org_id, id) on delete cascade,
    foreign key (org_id, passage_id) references contextfs.passages (org_id, id) on delete cascade
) with (toast_tuple_target = 8160);
create index vectors_passage on contextfs.vectors (org_id, passage_id);
create index vectors_project on contextfs.vectors (org_id, generation_id, project_id);
create index vectors_said on contextfs.vectors (org_id, said) where embedding is not null;
create index vectors_waiting on contextfs.vectors (org_id, generation_id, passage_id) where embedding is null;
alter table contextfs.generations enable row level security;
alter table contextfs.generations force row level security;
alter table contextfs.vectors enable row level security;
alter table contextfs.vectors force row level security;
create policy tenant on contextfs.generations to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy tenant on contextfs.vectors to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.vectors as restrictive to contextfs_app
using (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
)
with check (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
);
create policy reader on contextfs.vectors as restrictive to contextfs_app using (
    exists (select from contextfs.passages as p where p.org_id = vectors.org_id and p.id = vectors.passage_id)
);
-- Search looks across what RLS hides and filters by claims inside; it also notes, for a whole organization, what waits.
create policy finds_generations on contextfs.generations for select to contextfs_search using (true);
create policy finds_vectors on contextfs.vectors for select to contextfs_search using (true);
create policy awaits_vectors on contextfs.vectors for insert to contextfs_search with check (true);
create policy drops_vectors on contextfs.vectors for delete to contextfs_search using (true);
create policy notes_graphs on contextfs.generations for update to contextfs_search using (true);
grant select, insert, update, delete on contextfs.generations to contextfs_app;
grant select, insert, update, delete on contextfs.vectors to contextfs_app;
grant select on contextfs.generations to contextfs_search;
grant select, insert, delete on contextfs.vectors to contextfs_search;
grant update (graphed_at) on contextfs.generations to contextfs_search;

-- What was embedded before: the model that made most of an organization's vectors serves, the others' are made anew.
alter table contextfs.passages no force row level security;
alter table contextfs.generations no force row level security;
alter table contextfs.vectors no force row level security;
insert into contextfs.generations (org_id, id, model, dimensions, state, started_at, served_at)
select distinct on (p.org_id) p.org_id, gen_random_uuid(), p.embedding_model, 384, 'serving', now(), now()
from contextfs.passages as p
where p.embedding is not null and p.embedding_model is not null
group by p.org_id, p.embedding_model
order by p.org_id, count(*) desc;
insert into contextfs.vectors (org_id, generation_id, passage_id, project_id, said, embedding)
select g.org_id, g.id, p.id, p.project_id,
    case when p.embedding_model = g.model then p.said end,
    case when p.embedding_model = g.model then p.embedding end
from contextfs.generations as g
inner join contextfs.passages as p on p.org_id = g.org_id;
alter table contextfs.passages force row level security;
alter table contextfs.generations force row level security;
alter table contextfs.vectors force row level security;

-- A new passage waits for its vector in every generation that lives, and one whose text changed waits anew: whoever
-- stores it need not know. The lock lets a generation open or begin to serve between transactions, never within one.
create function contextfs.await_vectors() returns trigger
language plpgsql volatile
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
begin
    perform pg_advisory_xact_lock_shared(hashtextextended('generations:' || new.org_id::text, 0));
    insert into contextfs.vectors (org_id, generation_id, passage_id, project_id)
    select g.org_id, g.id, new.id, new.project_id from contextfs.generations as g
    where g.org_id = new.org_id and g.state <> 'retired'
    on conflict (org_id, generation_id, passage_id) do update set said = null, embedding = null;
    return null;
end
$$;
create trigger await_vectors after insert on contextfs.passages
for each row execute function contextfs.await_vectors();
create trigger await_vectors_anew after update of context, body on contextfs.passages
for each row when (
    new.body is distinct from old.body or new.source = 'memory' and new.context is distinct from old.context
) execute function contextfs.await_vectors();

-- While the code before this one still runs, the vectors that it makes are taken over.
create function contextfs.take_over_vector() returns trigger
language plpgsql volatile
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
begin
    update contextfs.vectors as v set said = new.said, embedding = new.embedding
    from contextfs.generations as g
    where g.org_id = new.org_id and g.model = new.embedding_model and g.state <> 'retired' and g.dimensions = 384
    and v.org_id = g.org_id and v.generation_id = g.id and v.passage_id = new.id and v.embedding is null;
    return null;
end
$$;
create trigger take_over_vector after update of embedding on contextfs.passages
for each row when (new.embedding is not null) execute function contextfs.take_over_vector();

-- The passages that a caller may see, within filters (null: all). One select, so that it melts into the query that asks.
create function contextfs.seen_passages(
    my_org uuid, my_user uuid, my_projects uuid [], at timestamptz, sources text [], types text [], all_tags text [],
    author uuid, tools text [], branch_name text, since timestamptz, until timestamptz
)
returns setof contextfs.passages
language sql stable
as $$
    select p.* from contextfs.passages as p
    where p.org_id = $1 and ($3 is null or p.project_id = any($3))
    and (p.visibility <> 'private' or p.author_id = $2)
    and (p.expires_at is null or p.expires_at > $4)
    and ($5 is null or p.source = any($5)) and ($6 is null or p.type = any($6))
    and ($7 is null or p.tags @> $7) and ($8 is null or p.author_id = $8)
    and ($9 is null or p.tool = any($9)) and ($10 is null or p.branch = $10)
    and ($11 is null or p.occurred_at >= $11) and ($12 is null or p.occurred_at < $12)
$$;

-- How many passages that is, as the planner estimates it: within a tenth of a percent of the time that counting takes.
create function contextfs.estimate_passages(
    my_org uuid, my_user uuid, my_projects uuid [], at timestamptz, sources text [], types text [], all_tags text [],
    author uuid, tools text [], branch_name text, since timestamptz, until timestamptz
)
returns bigint
language plpgsql volatile parallel restricted
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
declare
    plan json;
begin
    execute 'explain (format json) select from contextfs.seen_passages('
        '$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)'
    into plan
    using my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until;
    return (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
end
$$;

-- The nearest passages by a walk through the graph of a generation, which goes on until enough of those pass the filters
-- or 20,000 were looked at. Naming a setting of pgvector needs the extension loaded.
select '[1]'::halfvec;
create function contextfs.nearest_by_graph(
    my_org uuid, my_user uuid, my_projects uuid [], at timestamptz, sources text [], types text [], all_tags text [],
    author uuid, tools text [], branch_name text, since timestamptz, until timestamptz,
    generation uuid, dimensions integer, vector halfvec, candidates integer
)
returns uuid []
language plpgsql stable parallel restricted
set search_path = pg_catalog, contextfs, public, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
set enable_seqscan = off
set enable_bitmapscan = off
set enable_sort = off
set hnsw.iterative_scan = relaxed_order
set hnsw.ef_search = 100
set hnsw.max_scan_tuples = 20000
as $$
declare
    near uuid [];
begin
    execute format(
        'select array_agg(n.id) from ('
        ' select v.passage_id as id from contextfs.vectors as v'
        ' where v.org_id = $1 and v.generation_id = %2$L'
        ' and ($3 is null or v.project_id = any($3)) and exists ('
        '  select from contextfs.seen_passages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) as s'
        '  where s.id = v.passage_id offset 0'
        ' )'
        ' order by v.embedding::halfvec(%1$s) <=> $13::halfvec(%1$s) limit $14'
        ') as n', dimensions, generation
    )
    into near
    using my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
        vector, candidates;
    return coalesce(near, '{}');
end
$$;

grant contextfs_search to current_user;

-- As before, with vectors of the generation that serves. Where it has a graph and what passes the filters is too
-- much to scan, the graph proposes; where it proposes too few, and everywhere else, all are compared. How it was done
-- can be read in the setting `app.search_way` afterwards. Above some thousand passages their number is the planner's
-- estimate, and how many hold a common word is told by a sample; of the others it is counted up to some hundreds.
create or replace function contextfs.find_passages(
    term_keys integer [], term_dimensions integer [], vector halfvec, model text, candidates integer,
    projects uuid [], sources text [], types text [], all_tags text [], author uuid, tools text [], branch_name text,
    since timestamptz, until timestamptz, at timestamptz
)
returns table (
    id uuid, project_id uuid, source text, source_id uuid, session_id uuid, ordinal integer, starts integer, ends integer,
    context text, body text, type text, tags text [], tool text, branch text, author_id uuid, trust real, pinned boolean,
    occurred_at timestamptz, place integer, role text, speaker text, lexical double precision,
    semantic double precision, embedded boolean, held double precision [], rarities double precision []
)
language plpgsql stable security definer parallel restricted
set search_path = pg_catalog, contextfs, public, pg_temp
set plan_cache_mode = force_custom_plan
set jit = off
as $$
#variable_conflict use_column
declare
    my_org uuid := contextfs.claim('org_id')::uuid;
    my_user uuid := contextfs.claim('user_id')::uuid;
    everywhere boolean := coalesce(contextfs.claim('all_projects') = 'on', false);
    my_projects uuid [] := coalesce(contextfs.claim('project_ids')::uuid [], '{}');
    filtered boolean := coalesce(sources, types, all_tags, tools) is not null or author is not null
        or branch_name is not null or coalesce(since, until) is not null;
    serving contextfs.generations;
    near uuid [] := '{}';
    way text := 'none';
    total bigint;
    query sparsevec;
    idfs double precision [];
    dfs bigint [];
    seen bigint [];
    sample_size bigint;
    rare_keys integer [];
    first_keys integer [] := term_keys[1:64];
    first_idfs double precision [];
    most_numbered constant integer := 3000;
    most_scanned constant integer := 10000;
    most_counted constant integer := 500;
    sampled constant integer := 1000;
    common constant integer := 20;
    most_looked_at constant integer := 2500;
begin
    if my_org is null then
        raise exception 'find_passages needs the claims of a tenant' using errcode = '42501';
    end if;
    if everywhere then
        my_projects := projects;
    elsif projects is not null then
        my_projects := array(select unnest(projects) intersect select unnest(my_projects));
    end if;

    select count(*) into total from (
        select from contextfs.seen_passages(
            my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null
        )
        limit most_numbered + 1
    ) as counted;
    if total > most_numbered then
        total := greatest(total, contextfs.estimate_passages(
            my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null
        ));
    end if;

    select g.* into serving from contextfs.generations as g
    where g.org_id = my_org and g.state = 'serving' and g.model = find_passages.model
    and g.dimensions = vector_dims(vector);
    if serving.graphed_at is not null and total > most_scanned then
        if not filtered or most_scanned < contextfs.estimate_passages(
            my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until
        ) then
            way := 'graph';
            near := contextfs.nearest_by_graph(
                my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
                serving.id, serving.dimensions, vector, candidates
            );
        end if;
    end if;
    if serving.id is not null and cardinality(near) < candidates and not filtered then
        -- Nearly all passages of a project are seen by who may read it: so twice as many as are wanted are found among
        -- the vectors alone, and then looked at. Those that are seen are in their right order.
        way := 'exact';
        select coalesce((array_agg(s.id order by n.distance))[1:candidates], '{}') into near
        from (
            select v.passage_id, (v.embedding <=> vector) + 0 as distance
            from contextfs.vectors as v
            where v.org_id = my_org and v.generation_id = serving.id and v.embedding is not null
            and (my_projects is null or v.project_id = any(my_projects))
            order by distance
            limit 2 * candidates
        ) as n
        inner join contextfs.seen_passages(
            my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null
        ) as s on s.id = n.passage_id;
    end if;
    if serving.id is not null and cardinality(near) < least(candidates, total) then
        way := 'exact';
        select coalesce(array_agg(n.id), '{}') into near from (
            select s.id
            from contextfs.seen_passages(
                my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until
            ) as s
            inner join contextfs.vectors as v
                on v.org_id = my_org and v.generation_id = serving.id and v.passage_id = s.id
            where v.embedding is not null
            order by (v.embedding <=> vector) + 0
            limit candidates
        ) as n;
    end if;
    perform set_config('app.search_way', way, true);

    if total > most_numbered then
        with sample as materialized (
            select s.terms
            from contextfs.seen_passages(
                my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null
            ) as s
            order by s.id
            limit sampled
        ),
        held as (
            select word.key, count(*) as df
            from sample as s
            cross join lateral unnest(s.terms) as word (key)
            where word.key = any(term_keys)
            group by word.key
        )
        select array_agg(coalesce(h.df, 0) order by t.number), (select count(*) from sample)
        into seen, sample_size
        from unnest(term_keys) with ordinality as t (key, number)
        left join held as h on h.key = t.key;
    end if;
    select coalesce(array_agg(f.df order by t.number), '{}') into dfs
    from unnest(term_keys, seen) with ordinality as t (key, seen, number)
    cross join lateral (
        -- Keys are the tenant's own: without a choice of projects they alone find its rows, and `offset 0` keeps
        -- the planner from reading the whole tenant beside them.
        select case when t.seen >= common then total * t.seen / sample_size else (
            select count(*)
            from (
                select from (
                    select h.* from contextfs.passages as h
                    where h.terms @> array[t.key]
                    and (my_projects is null or h.org_id = my_org and h.project_id = any(my_projects))
                    offset 0
                ) as p
                where p.org_id = my_org and (p.visibility <> 'private' or p.author_id = my_user)
                and (p.expires_at is null or p.expires_at > at)
                limit most_counted
            ) as counted
        ) end as df
    ) as f;
    if sample_size is not null then
        select array_agg(
            case when t.df = most_counted then greatest(t.df, total * t.seen / sample_size) else t.df end
            order by t.number
        )
        into dfs
        from unnest(dfs, seen) with ordinality as t (df, seen, number);
    end if;
    select coalesce(array_agg(
        case when t.df > 0 then ln(1 + (greatest(total - t.df, 0) + 0.5) / (t.df + 0.5)) else 0 end order by t.number
    ), '{}')
    into idfs
    from unnest(dfs) with ordinality as t (df, number);
    select array_agg(r.key) into rare_keys
    from (
        select t.key, sum(t.df) over (order by t.df, t.number) as looked_at, row_number() over (order by t.df, t.number)
        from unnest(term_keys, dfs) with ordinality as t (key, df, number)
        where t.df > 0
    ) as r
    where r.looked_at <= most_looked_at or r.row_number = 1;
    first_idfs := idfs[1:64];
    select ('{' || string_agg(d.dimension || ':' || d.idf, ',' order by d.dimension) || '}/1000000000')::sparsevec
    into query
    from (
        select t.dimension, round(sum(t.idf)::numeric, 5) as idf
        from unnest(term_dimensions, idfs) as t (dimension, idf)
        where t.idf > 0
        group by t.dimension
    ) as d;

    return query
    with seen as not materialized (
        select s.* from contextfs.seen_passages(
            my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until
        ) as s
    ),
    lexical as (
        select s.id from seen as s where s.terms && rare_keys order by s.weights <#> query limit candidates
    ),
    seeds as materialized (
        select l.id from lexical as l union select unnest(near)
    ),
    around as (
        select s.id
        from contextfs.passages as seed
        inner join seen as s on s.session_id = seed.session_id and s.place in (seed.place - 1, seed.place + 1)
        where seed.org_id = my_org and seed.id in (select f.id from seeds as f) and seed.session_id is not null
    )
    select p.id, p.project_id, p.source, p.source_id, p.session_id, p.ordinal, p.starts, p.ends, p.context, p.body,
        p.type, p.tags, p.tool, p.branch, p.author_id, p.trust, p.pinned, p.occurred_at, p.place, p.role, p.speaker,
        case when query is not null then case when p.terms && term_keys then -(p.weights <#> query) else 0 end end,
        1 - (v.embedding <=> vector),
        v.embedding is not null,
        case when p.speaker is not null then array(
            select case when p.terms @> array[t.key] then t.idf else 0 end
            from unnest(first_keys, first_idfs) with ordinality as t (key, idf, number)
            order by t.number
        ) else '{}' end,
        first_idfs
    from contextfs.passages as p
    left join contextfs.vectors as v
        on v.org_id = my_org and v.generation_id = serving.id and v.passage_id = p.id
    where p.org_id = my_org and p.id in (select f.id from seeds as f union select a.id from around as a);
end
$$;

-- Note, for every passage of the organization, that it waits for a vector of a generation; gives how many do.
create function contextfs.await_generation(generation uuid) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
declare
    my_org uuid := contextfs.claim('org_id')::uuid;
    noted bigint;
begin
    insert into contextfs.vectors (org_id, generation_id, passage_id, project_id)
    select p.org_id, generation, p.id, p.project_id from contextfs.passages as p where p.org_id = my_org
    on conflict do nothing;
    get diagnostics noted = row_count;
    return noted;
end
$$;

-- How many passages a generation is of, and how many of them wait for their vectors; and one person whose passages wait. Numbers and
-- an id alone: what waits is read as that person.
create function contextfs.count_generation(generation uuid)
returns table (passages bigint, waiting bigint, waits_for uuid)
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    select
        (
            select count(*) from contextfs.vectors as v
            where v.org_id = contextfs.claim('org_id')::uuid and v.generation_id = $1
        ),
        (
            select count(*) from contextfs.vectors as v
            where v.org_id = contextfs.claim('org_id')::uuid and v.generation_id = $1 and v.embedding is null
        ),
        (
            select p.author_id
            from contextfs.vectors as v
            inner join contextfs.passages as p on p.org_id = v.org_id and p.id = v.passage_id
            where v.org_id = contextfs.claim('org_id')::uuid and v.generation_id = $1 and v.embedding is null
            limit 1
        )
$$;

-- For who keeps the graphs: the generations of all organizations that live and have more vectors than this. No content.
create function contextfs.large_generations(vectors bigint)
returns table (id uuid, dimensions integer, graphed_at timestamptz)
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    select g.id, g.dimensions, g.graphed_at from contextfs.generations as g
    where g.state <> 'retired' and g.dimensions is not null and $1 < (
        select count(*) from (
            select from contextfs.vectors as v
            where v.org_id = g.org_id and v.generation_id = g.id and v.embedding is not null limit $1 + 1
        ) as counted
    )
$$;

-- Note that a generation has a graph since then, or none any more (null).
create function contextfs.note_graph(generation uuid, since timestamptz) returns void
language sql volatile security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    update contextfs.generations as g set graphed_at = $2 where g.id = $1
$$;

-- Drop some of the vectors of a generation that is retired; gives how many.
create function contextfs.drop_vectors(generation uuid, most integer) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
declare
    dropped bigint;
begin
    delete from contextfs.vectors as v
    using contextfs.generations as g
    where g.org_id = contextfs.claim('org_id')::uuid and g.id = generation and g.state = 'retired'
    and v.org_id = g.org_id and v.generation_id = g.id
    and v.passage_id in (
        select w.passage_id from contextfs.vectors as w
        where w.org_id = g.org_id and w.generation_id = g.id limit most
    );
    get diagnostics dropped = row_count;
    return dropped;
end
$$;

revoke all on function contextfs.await_vectors, contextfs.take_over_vector, contextfs.seen_passages,
contextfs.estimate_passages, contextfs.nearest_by_graph, contextfs.await_generation, contextfs.count_generation,
contextfs.large_generations, contextfs.note_graph, contextfs.drop_vectors from public;
grant execute on function contextfs.seen_passages, contextfs.estimate_passages, contextfs.nearest_by_graph
to contextfs_search;
grant execute on function contextfs.await_generation, contextfs.count_generation, contextfs.drop_vectors
to contextfs_app;
grant execute on function contextfs.large_generations, contextfs.note_graph to current_user;

-- As for the functions before: a new owner must be able to create in the schema, for this moment.
grant create on schema contextfs to contextfs_search;
alter function contextfs.await_generation owner to contextfs_search;
alter function contextfs.count_generation owner to contextfs_search;
alter function contextfs.large_generations owner to contextfs_search;
alter function contextfs.note_graph owner to contextfs_search;
alter function contextfs.drop_vectors owner to contextfs_search;
revoke contextfs_search from current_user;
revoke create on schema contextfs from contextfs_search;
