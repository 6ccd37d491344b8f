-- Search narrows by who may see a thing and by how sensitive it is. A passage knows the sensitivity of its memory, or of
-- the session that it was said in; visibility it knew already.

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

alter table contextfs.passages add column sensitivity text;
comment on column contextfs.passages.sensitivity is 'That of its memory, or of its session; null where nobody said it.';

-- The passages that a caller may see, within filters (null: all). One select, so that it melts into the query that asks.
create function contextfs.seen_passages(
    my_org uuid, my_user uuid, my_projects uuid [], at timestamptz, sources text [], types text [], all_tags text [],
    author uuid, tools text [], branch_name text, since timestamptz, until timestamptz, visibilities text [],
    sensitivities text []
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
    and ($13 is null or p.visibility = any($13)) and ($14 is null or p.sensitivity = any($14))
$$;

-- How many passages that is, as the planner estimates it: within a tenth of a percent of the time that counting takes.
create function contextfs.estimate_passages(
    my_org uuid, my_user uuid, my_projects uuid [], at timestamptz, sources text [], types text [], all_tags text [],
    author uuid, tools text [], branch_name text, since timestamptz, until timestamptz, visibilities text [],
    sensitivities text []
)
returns bigint
language plpgsql volatile parallel restricted
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
declare
    plan json;
begin
    execute 'explain (format json) select from contextfs.seen_passages('
        '$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)'
    into plan
    using my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
        visibilities, sensitivities;
    return (plan -> 0 -> 'Plan' ->> 'Plan Rows')::bigint;
end
$$;

-- The nearest passages by a walk through the graph of a generation, which goes on until enough of those pass the filters
-- or 20,000 were looked at. Naming a setting of pgvector needs the extension loaded.
select '[1]'::halfvec;
create function contextfs.nearest_by_graph(
    my_org uuid, my_user uuid, my_projects uuid [], at timestamptz, sources text [], types text [], all_tags text [],
    author uuid, tools text [], branch_name text, since timestamptz, until timestamptz, visibilities text [],
    sensitivities text [], generation uuid, dimensions integer, vector halfvec, candidates integer
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
        '  select from contextfs.seen_passages($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) as s'
        '  where s.id = v.passage_id offset 0'
        ' )'
        ' order by v.embedding::halfvec(%1$s) <=> $15::halfvec(%1$s) limit $16'
        ') as n', dimensions, generation
    )
    into near
    using my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
        visibilities, sensitivities, vector, candidates;
    return coalesce(near, '{}');
end
$$;

-- As before, with two filters more. The code before this one calls the function without them.
create function contextfs.find_passages(
    term_keys integer [], term_dimensions integer [], vector halfvec, model text, candidates integer,
    projects uuid [], sources text [], types text [], all_tags text [], author uuid, tools text [], branch_name text,
    since timestamptz, until timestamptz, at timestamptz, visibilities text [], sensitivities text []
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
    filtered boolean := coalesce(sources, types, all_tags, tools, visibilities, sensitivities) is not null
        or author is not null or branch_name is not null or coalesce(since, until) is not null;
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
            my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null, null, null
        )
        limit most_numbered + 1
    ) as counted;
    if total > most_numbered then
        total := greatest(total, contextfs.estimate_passages(
            my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null, null, null
        ));
    end if;

    select g.* into serving from contextfs.generations as g
    where g.org_id = my_org and g.state = 'serving' and g.model = find_passages.model
    and g.dimensions = vector_dims(vector);
    if serving.graphed_at is not null and total > most_scanned then
        if not filtered or most_scanned < contextfs.estimate_passages(
            my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
            visibilities, sensitivities
        ) then
            way := 'graph';
            near := contextfs.nearest_by_graph(
                my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
                visibilities, sensitivities, serving.id, serving.dimensions, vector, candidates
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
            my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null, null, null
        ) as s on s.id = n.passage_id;
    end if;
    if serving.id is not null and cardinality(near) < least(candidates, total) then
        way := 'exact';
        select coalesce(array_agg(n.id), '{}') into near from (
            select s.id
            from contextfs.seen_passages(
                my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
                visibilities, sensitivities
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
                my_org, my_user, my_projects, at, null, null, null, null, null, null, null, null, null, null
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
            my_org, my_user, my_projects, at, sources, types, all_tags, author, tools, branch_name, since, until,
            visibilities, sensitivities
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

-- Whoever looks across row-level security owns the new function as the one before it, and nobody else may call its parts.
grant contextfs_search to current_user;
grant create on schema contextfs to contextfs_search;
do $$
declare
    made record;
begin
    for made in
        select p.oid::regprocedure as signature, p.proname = 'find_passages' as is_door
        from pg_proc as p
        where p.pronamespace = 'contextfs'::regnamespace and 'sensitivities' = any(p.proargnames)
    loop
        execute format('revoke all on function %s from public', made.signature);
        execute format(
            'grant execute on function %s to %I', made.signature,
            case when made.is_door then 'contextfs_app' else 'contextfs_search' end
        );
        if made.is_door then
            execute format('alter function %s owner to contextfs_search', made.signature);
        end if;
    end loop;
end
$$;
revoke contextfs_search from current_user;
revoke create on schema contextfs from contextfs_search;
