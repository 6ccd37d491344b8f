-- Search whose words cost the same in a small and in a large project. How many passages hold a word is counted exactly
-- up to some hundreds; of commoner words it is estimated from a sample, for their rarity hardly differs. The words' leg
-- looks at what holds one of the rarest words: a passage that holds only common ones is not among the best by words.

-- Only its owner may replace a function.
grant contextfs_search to current_user;

-- The candidates of both legs and their neighbours, as the claims of this transaction and the filters allow, with the
-- raw scores of both legs. `rarities` are the idf values of the first words, in their order; of what was said between
-- people, `held` is the same for the words that the passage holds, and 0 for the others.
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
    total bigint;
    query sparsevec;
    idfs double precision [];
    dfs bigint [];
    rare_keys integer [];
    first_keys integer [] := term_keys[1:64];
    most_counted constant integer := 500;
    sampled constant integer := 1000;
    most_looked_at constant integer := 4000;
    first_idfs double precision [];
begin
    if my_org is null then
        raise exception 'find_passages needs the claims of a tenant' using errcode = '42501';
    end if;
    if everywhere then
        my_projects := projects;
    elsif projects is not null then
        my_projects := array(select unnest(projects) intersect select unnest(my_projects));
    end if;
    select count(*) into total from contextfs.passages as p
    where p.org_id = my_org and (my_projects is null or p.project_id = any(my_projects))
    and (p.visibility <> 'private' or p.author_id = my_user)
    and (p.expires_at is null or p.expires_at > at);
    select coalesce(array_agg(f.df order by t.number), '{}') into dfs
    from unnest(term_keys) with ordinality as t (key, number)
    cross join lateral (
        -- Keys are the tenant's own: without a choice of projects they alone find its rows, and `offset 0` keeps
        -- the planner from reading the whole tenant beside them.
        select count(*) as df
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
    ) as f;
    if most_counted = any(dfs) then
        select array_agg(case when t.df < most_counted then t.df else greatest(t.df, total * s.held / s.size) end
            order by t.number)
        into dfs
        from unnest(term_keys, dfs) with ordinality as t (key, df, number)
        cross join lateral (
            select count(*) filter (where p.terms @> array[t.key]) as held, greatest(count(*), 1) as size
            from (
                select p.terms from contextfs.passages as p
                where p.org_id = my_org and (my_projects is null or p.project_id = any(my_projects))
                and (p.visibility <> 'private' or p.author_id = my_user)
                and (p.expires_at is null or p.expires_at > at)
                limit sampled
            ) as p
            where t.df = most_counted
        ) as s;
    end if;
    select coalesce(array_agg(
        case when t.df > 0 then ln(1 + (total - t.df + 0.5) / (t.df + 0.5)) else 0 end order by t.number
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
        select p.* from contextfs.passages as p
        where p.org_id = my_org and (my_projects is null or p.project_id = any(my_projects))
        and (p.visibility <> 'private' or p.author_id = my_user)
        and (p.expires_at is null or p.expires_at > at)
        and (sources is null or p.source = any(sources)) and (types is null or p.type = any(types))
        and (all_tags is null or p.tags @> all_tags) and (author is null or p.author_id = author)
        and (tools is null or p.tool = any(tools)) and (branch_name is null or p.branch = branch_name)
        and (since is null or p.occurred_at >= since) and (until is null or p.occurred_at < until)
    ),
    lexical as (
        select s.id from seen as s where s.terms && rare_keys order by s.weights <#> query limit candidates
    ),
    semantic as (
        select s.id from seen as s
        where vector is not null and s.embedding is not null and s.embedding_model = model
        order by (s.embedding <=> vector) + 0 limit candidates
    ),
    seeds as materialized (
        select l.id from lexical as l union select v.id from semantic as v
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
        case when vector is not null and p.embedding_model = model then 1 - (p.embedding <=> vector) end,
        p.embedding is not null,
        case when p.speaker is not null then array(
            select case when p.terms @> array[t.key] then t.idf else 0 end
            from unnest(first_keys, first_idfs) with ordinality as t (key, idf, number)
            order by t.number
        ) else '{}' end,
        first_idfs
    from contextfs.passages as p
    where p.org_id = my_org and p.id in (select f.id from seeds as f union select a.id from around as a);
end
$$;

revoke contextfs_search from current_user;
