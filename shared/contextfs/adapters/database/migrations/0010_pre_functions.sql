-- The functions that set claims, the one that searches across row-level security with claims of its own, and all grants.

-- Make the owner of a key the claims of this transaction. A key names its organization, so it is looked for with that
-- organization's claim and nothing wider; no row, and no claim, when there is no such key.
create function contextfs.enter(claimed_org uuid, key_id uuid, key_hash bytea, at timestamptz)
returns table (user_id uuid, role text, permissions text [], project_id uuid)
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
#variable_conflict use_column
declare
    mine contextfs.api_keys;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    select k.* into mine from contextfs.api_keys as k
    where k.org_id = claimed_org and k.id = key_id and k.hash = key_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > at);
    if mine.id is null then
        perform set_config('app.org_id', '', true), set_config('app.all_projects', 'off', true);
        return;
    end if;
    perform contextfs.assume(
        mine.org_id, coalesce(mine.user_id, mine.id),
        case when mine.project_id is not null then array[mine.project_id] end
    );
    return query select mine.user_id, mine.role, mine.permissions, mine.project_id;
end
$$;

-- Set the claims of this transaction; `projects` is null where every project of the organization is open.
create function contextfs.assume(org uuid, reader uuid, projects uuid []) returns void
language sql volatile
set search_path = pg_catalog, pg_temp
begin atomic
    select
        set_config('app.org_id', org::text, true),
        set_config('app.user_id', reader::text, true),
        set_config('app.all_projects', case when projects is null then 'on' else 'off' end, true),
        set_config('app.project_ids', coalesce(projects::text, '{}'), true);
end;

-- The candidates of a search with the raw scores of both legs, seen with the claims of this transaction only.
-- Lexical: exact BM25 (Robertson, Zaragoza 2009; k1 = 1.2, b = 0.75 are inside `weights`), document frequencies
-- counted in the searched projects over what the caller may see, so that a score tells nothing of what others keep to
-- themselves. Semantic: cosine similarity, exact scan.
create function contextfs.search_passages(
    term_keys integer [], term_dimensions integer [], vector halfvec, model text, candidates integer,
    projects uuid [], sources text [], types text [], all_tags text [], author uuid, tools text [], branch_name text,
    since timestamptz, until timestamptz, at timestamptz
)
returns table (
    id uuid, project_id uuid, source text, source_id uuid, session_id uuid, ordinal integer, starts integer, ends integer,
    context text, body text, type text, tags text [], tool text, branch text, author_id uuid, trust real, pinned boolean,
    occurred_at timestamptz, lexical double precision, semantic double precision, embedded boolean
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
begin
    if my_org is null then
        raise exception 'search_passages needs the claims of a tenant' using errcode = '42501';
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
    select ('{' || string_agg(d.dimension || ':' || d.idf, ',' order by d.dimension) || '}/1000000000')::sparsevec
    into query
    from (
        select t.dimension, round(sum(ln(1 + (total - f.df + 0.5) / (f.df + 0.5)))::numeric, 5) as idf
        from unnest(term_keys, term_dimensions) as t (key, dimension)
        cross join lateral (
            -- Keys are the tenant's own: without a choice of projects they alone find its rows, and `offset 0` keeps
            -- the planner from reading the whole tenant beside them.
            select count(*) as df
            from (
                select h.* from contextfs.passages as h
                where h.terms @> array[t.key]
                and (my_projects is null or h.org_id = my_org and h.project_id = any(my_projects))
                offset 0
            ) as p
            where p.org_id = my_org and (p.visibility <> 'private' or p.author_id = my_user)
            and (p.expires_at is null or p.expires_at > at)
        ) as f
        where f.df > 0
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
        select s.id from seen as s where s.terms && term_keys order by s.weights <#> query limit candidates
    ),
    semantic as (
        select s.id from seen as s
        where vector is not null and s.embedding is not null and s.embedding_model = model
        order by (s.embedding <=> vector) + 0 limit candidates
    )
    select p.id, p.project_id, p.source, p.source_id, p.session_id, p.ordinal, p.starts, p.ends, p.context, p.body,
        p.type, p.tags, p.tool, p.branch, p.author_id, p.trust, p.pinned, p.occurred_at,
        case when query is not null then case when p.terms && term_keys then -(p.weights <#> query) else 0 end end,
        case when vector is not null and p.embedding_model = model then 1 - (p.embedding <=> vector) end,
        p.embedding is not null
    from contextfs.passages as p
    where p.org_id = my_org and p.id in (select l.id from lexical as l union select v.id from semantic as v);
end
$$;

revoke all on all functions in schema contextfs from public;
grant execute on function contextfs.claim(text) to contextfs_app, contextfs_search;
grant execute on function contextfs.enter(uuid, uuid, bytea, timestamptz) to contextfs_app;
grant execute on function contextfs.assume(uuid, uuid, uuid []) to contextfs_app;
grant execute on function contextfs.search_passages to contextfs_app;

-- A new owner must be able to create in the schema, and who gives must be a member of who receives: for this moment.
do $$
declare
    given record;
begin
    for given in
        select * from (
            values
            ('contextfs.search_passages'::regproc, 'contextfs_search'),
            ('contextfs.keep_history'::regproc, 'contextfs_history')
        ) as owners (name, owner)
    loop
        execute format('grant create on schema contextfs to %I', given.owner);
        execute format('grant %I to current_user', given.owner);
        execute format('alter function %s owner to %I', given.name::oid::regprocedure, given.owner);
        execute format('revoke %I from current_user', given.owner);
        execute format('revoke create on schema contextfs from %I', given.owner);
    end loop;
end
$$;

grant select on contextfs.passages to contextfs_search;
grant insert on
contextfs.organizations_history, contextfs.memberships_history, contextfs.projects_history,
contextfs.api_keys_history, contextfs.sessions_history
to contextfs_history;
grant select (consumed_at), delete on contextfs.consumed_events to contextfs_relay;
grant select (created_at), delete on contextfs.idempotency_keys to contextfs_relay;
grant select, insert, update, delete on contextfs.outbox, contextfs.deliveries, contextfs.dead_letters
to contextfs_relay;

grant select, insert, update, delete on
contextfs.organizations, contextfs.memberships, contextfs.projects, contextfs.api_keys, contextfs.sessions,
contextfs.memories, contextfs.passages, contextfs.deliveries, contextfs.dead_letters,
contextfs.idempotency_keys
to contextfs_app;
grant select, insert, delete on contextfs.messages, contextfs.consumed_events to contextfs_app;
grant select, insert on
contextfs.revisions, contextfs.outbox, contextfs.audit_log, contextfs.usage_records
to contextfs_app;
grant select on
contextfs.organizations_history, contextfs.memberships_history, contextfs.projects_history,
contextfs.api_keys_history, contextfs.sessions_history,
contextfs.memory_fact, contextfs.memory_episodic, contextfs.memory_procedural, contextfs.memory_user,
contextfs.memory_decision
to contextfs_app;
