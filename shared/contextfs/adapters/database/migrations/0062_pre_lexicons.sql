-- Search knows how common words are. Of a large organization a job counts, now and then, in how many passages each word
-- stands, and keeps that as lexicons; a search asks them, and counts by itself what is rare or new.

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

create table contextfs.lexicons (
    org_id uuid not null,
    id uuid not null,
    project_id uuid not null,
    reader uuid,
    passages bigint not null,
    counted_at timestamptz not null,
    primary key (org_id, id),
    foreign key (org_id, project_id) references contextfs.projects (org_id, id) on delete cascade
);
comment on column contextfs.lexicons.reader is
'Whose private passages were counted; null: those of a project that are nobody''s alone.';
create unique index lexicons_scope on contextfs.lexicons (org_id, project_id, reader) nulls not distinct;

create table contextfs.lexicon_words (
    org_id uuid not null,
    lexicon_id uuid not null,
    key integer not null,
    passages bigint not null,
    primary key (org_id, lexicon_id, key),
    foreign key (org_id, lexicon_id) references contextfs.lexicons (org_id, id) on delete cascade
);
comment on column contextfs.lexicon_words.key is 'A word as `passages.terms` has it. Of n passages, the words are kept that sqrt(n) / 10 of them hold.';

alter table contextfs.lexicons enable row level security;
alter table contextfs.lexicons force row level security;
alter table contextfs.lexicon_words enable row level security;
alter table contextfs.lexicon_words force row level security;
create policy tenant on contextfs.lexicons to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy tenant on contextfs.lexicon_words to contextfs_app
using (org_id = (select contextfs.claim('org_id')::uuid))
with check (org_id = (select contextfs.claim('org_id')::uuid));
create policy project on contextfs.lexicons as restrictive to contextfs_app
using (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
)
with check (
    (select contextfs.claim('all_projects')) = 'on'
    or project_id = any((select contextfs.claim('project_ids')::uuid [])::uuid [])
);
create policy reader on contextfs.lexicons as restrictive to contextfs_app
using (reader is null or reader = (select contextfs.claim('user_id')::uuid));
create policy reader on contextfs.lexicon_words as restrictive to contextfs_app using (
    exists (select from contextfs.lexicons as l where l.org_id = lexicon_words.org_id and l.id = lexicon_words.lexicon_id)
);
create policy counts on contextfs.lexicons to contextfs_search using (true) with check (true);
create policy counts on contextfs.lexicon_words to contextfs_search using (true) with check (true);
grant select on contextfs.lexicons, contextfs.lexicon_words to contextfs_app;
grant select, insert, delete on contextfs.lexicons, contextfs.lexicon_words to contextfs_search;

-- Count the words of a part of the organization of this transaction: of one reader's private passages in a project, or
-- (null) of those that are nobody's alone. Gives how many passages that are. Nothing is kept of a part of fewer than
-- `fewest`, and nothing of an organization of `small` or fewer.
create function contextfs.count_words(project uuid, reader uuid, small bigint, fewest bigint) returns bigint
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, public, pg_temp
set work_mem = '64MB'
set jit = off
as $$
#variable_conflict use_column
declare
    my_org uuid := contextfs.claim('org_id')::uuid;
    fresh uuid := gen_random_uuid();
    of_all bigint;
    counted bigint;
begin
    delete from contextfs.lexicons as l
    where l.org_id = my_org and l.project_id = project and l.reader is not distinct from count_words.reader;
    select count(*) into of_all from (
        select from contextfs.passages as p
        where p.org_id = my_org and (p.expires_at is null or p.expires_at > now())
        limit small + 1
    ) as whole;
    select count(*) into counted from contextfs.passages as p
    where p.org_id = my_org and p.project_id = project and (p.expires_at is null or p.expires_at > now())
    and case when p.visibility = 'private' then p.author_id end is not distinct from count_words.reader;
    if of_all > small and counted >= fewest then
        insert into contextfs.lexicons (org_id, id, project_id, reader, passages, counted_at)
        values (my_org, fresh, project, count_words.reader, counted, now());
        insert into contextfs.lexicon_words (org_id, lexicon_id, key, passages)
        select my_org, fresh, word.key, count(*)
        from contextfs.passages as p
        cross join lateral unnest(p.terms) as word (key)
        where p.org_id = my_org and p.project_id = project and (p.expires_at is null or p.expires_at > now())
        and case when p.visibility = 'private' then p.author_id end is not distinct from count_words.reader
        group by word.key
        having count(*) >= sqrt(counted) / 10;
    end if;
    return counted;
end
$$;

-- For who keeps the lexicons: the parts, of all organizations, whose words have to be counted, because there is no lexicon
-- yet, or it is nobody's any more, or its passages have become a tenth more or fewer, or it is a week old: what was replaced
-- by as much shows in no number. No content.
create function contextfs.stale_lexicons(small bigint, fewest bigint)
returns table (org_id uuid, project_id uuid, reader uuid)
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    with parts as (
        select p.org_id, p.project_id, case when p.visibility = 'private' then p.author_id end as reader,
            count(*) as passages, sum(count(*)) over (partition by p.org_id) as of_all
        from contextfs.passages as p
        where p.expires_at is null or p.expires_at > now()
        group by 1, 2, 3
    ),
    wanted as (
        select p.*, coalesce(p.reader, p.project_id) as whose from parts as p where p.of_all > $1 and p.passages >= $2
    )
    select coalesce(w.org_id, l.org_id), coalesce(w.project_id, l.project_id), coalesce(w.reader, l.reader)
    from wanted as w
    full join contextfs.lexicons as l
        on l.org_id = w.org_id and l.project_id = w.project_id and coalesce(l.reader, l.project_id) = w.whose
    where w.org_id is null or l.id is null or 10 * abs(w.passages - l.passages) > l.passages
    or l.counted_at < now() - interval '7 days'
$$;

revoke all on function contextfs.count_words, contextfs.stale_lexicons from public;

-- Only its owner may replace a function, and a new owner must be able to create in the schema, for this moment.
grant contextfs_search to current_user;
grant create on schema contextfs to contextfs_search;
alter function contextfs.count_words owner to contextfs_search;
alter function contextfs.stale_lexicons owner to contextfs_search;

-- A new owner takes over what was granted to the one before: who keeps lexicons and graphs is granted it after that.
grant execute on function contextfs.count_words, contextfs.stale_lexicons, contextfs.large_generations, contextfs.note_graph
to current_user;

-- As before, but how common words are is asked of the lexicons, where they cover most of what is searched.
create or replace function contextfs.find_passages(
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
    most_asked constant integer := 20;
    covering constant double precision := 0.8;
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
        with asked as materialized (
            select l.id, l.passages from contextfs.lexicons as l
            where l.org_id = my_org and (my_projects is null or l.project_id = any(my_projects))
            and (l.reader is null or l.reader = my_user)
            order by l.passages desc, l.id
            limit most_asked
        )
        select array_agg(coalesce(h.df, 0) order by t.number), (select sum(a.passages)::bigint from asked as a)
        into seen, sample_size
        from unnest(term_keys) with ordinality as t (key, number)
        cross join lateral (
            select sum(w.passages)::bigint as df
            from asked as a
            inner join contextfs.lexicon_words as w
                on w.org_id = my_org and w.lexicon_id = a.id and w.key = t.key
        ) as h;
        if coalesce(sample_size, 0) < covering * total then
            -- Nobody has counted yet, or only a part, which may speak of other things than the rest.
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

revoke contextfs_search from current_user;
revoke create on schema contextfs from contextfs_search;
