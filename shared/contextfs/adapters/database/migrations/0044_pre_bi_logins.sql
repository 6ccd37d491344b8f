-- Logins of BI tools: each is a role of its own that reads the documented views of one organization. Who has one writes any
-- SQL, so what it may see hangs on the one thing that no SQL changes, the name it logged in with (`session_user`), by a table
-- that nobody reads but the function below.
--   contextfs_bi     what all such logins are members of: reads the views of the schema contextfs_bi, and nothing else
--   contextfs_views  owns those views, so that a login needs no right on any table; cannot log in

do $$
declare
    wanted text;
begin
    foreach wanted in array array['contextfs_bi', 'contextfs_views'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin nocreatedb nocreaterole noinherit', wanted);
            end if;
        exception when duplicate_object or unique_violation then
            null; -- roles belong to the whole server: another database made it in this moment
        end;
        if exists (
            select from pg_roles
            where rolname = wanted and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
        ) then
            raise exception 'the role % exists with other powers than it may have: drop it or rename it', wanted;
        end if;
    end loop;
    grant usage on schema contextfs to contextfs_views;
end
$$;

create table contextfs_secret.bi_logins (
    login name primary key,
    org_id uuid not null references contextfs.organizations on delete cascade,
    project_ids uuid [] check (cardinality(project_ids) > 0),
    made_at timestamptz not null
);
grant select on contextfs_secret.bi_logins to contextfs_claims;

-- A claim of who logged in: null where that is no login of a BI tool, and null lets nothing through.
create function contextfs.bi_claim(name text) returns text
language sql stable security definer parallel safe
set search_path = pg_catalog, contextfs_secret, pg_temp
begin atomic
    select case bi_claim.name
        when 'org_id' then l.org_id::text
        when 'all_projects' then case when l.project_ids is null then 'on' end
        when 'project_ids' then l.project_ids::text
    end
    from contextfs_secret.bi_logins as l
    where l.login = session_user;
end;

do $$
declare
    tenant text := 'org_id = (select contextfs.bi_claim(''org_id'')::uuid)';
    project text := '(select contextfs.bi_claim(''all_projects'')) = ''on'' or %1$s = any('
        '(select contextfs.bi_claim(''project_ids'')::uuid[])::uuid[])';
    shown record;
begin
    for shown in
        select * from (
            values
            ('projects', 'id', false), ('sessions', 'project_id', true), ('messages', 'project_id', false),
            ('memories', 'project_id', true), ('revisions', 'project_id', false)
        ) as tables (name, project, has_visibility)
    loop
        execute format('create policy bi_tenant on contextfs.%I for select to contextfs_views using (%s)', shown.name, tenant);
        execute format(
            'create policy bi_project on contextfs.%I as restrictive for select to contextfs_views using (%s)', shown.name,
            format(project, shown.project)
        );
        if shown.has_visibility then -- a tool is nobody: what a person keeps for themselves is not for it
            execute format(
                'create policy bi_reader on contextfs.%I as restrictive for select to contextfs_views using (%s)',
                shown.name, 'visibility <> ''private'''
            );
        end if;
        execute format('grant select on contextfs.%I to contextfs_views', shown.name);
    end loop;
end
$$;
create policy bi_reader on contextfs.messages as restrictive for select to contextfs_views using (
    exists (select from contextfs.sessions as s where s.org_id = messages.org_id and s.id = messages.session_id)
);
create policy bi_reader on contextfs.revisions as restrictive for select to contextfs_views using (
    exists (select from contextfs.memories as m where m.org_id = revisions.org_id and m.id = revisions.memory_id)
);

-- The same views as direct SQL has of things as they are. They run as contextfs_views, whose policies hold for it, and are
-- barriers: no function in a query sees a row before they have let it through.
create schema contextfs_bi;
grant usage on schema contextfs_bi to contextfs_bi, contextfs_views;
do $$
declare
    named text;
begin
    foreach named in array array[
        'projects', 'sessions', 'messages', 'memories', 'revisions', 'memory_fact', 'memory_episodic', 'memory_procedural',
        'memory_user', 'memory_decision'
    ] loop
        execute format(
            'create view contextfs_bi.%I with (security_barrier = true) as %s', named,
            replace(pg_get_viewdef(format('contextfs_now.%I', named)::regclass), 'contextfs_now.', 'contextfs_bi.')
        );
    end loop;
end
$$;
grant select on all tables in schema contextfs_bi to contextfs_bi;
grant execute on function contextfs.bi_claim(text) to contextfs_bi;
revoke all on function contextfs.bi_claim(text) from public;

do $$
declare
    view record;
begin
    grant create on schema contextfs to contextfs_claims;
    grant create on schema contextfs_bi to contextfs_views;
    execute 'grant contextfs_claims, contextfs_views to current_user';
    alter function contextfs.bi_claim(text) owner to contextfs_claims;
    for view in select c.relname as name from pg_class as c where c.relnamespace = 'contextfs_bi'::regnamespace loop
        execute format('alter view contextfs_bi.%I owner to contextfs_views', view.name);
    end loop;
    execute 'revoke contextfs_claims, contextfs_views from current_user';
    revoke create on schema contextfs from contextfs_claims;
    revoke create on schema contextfs_bi from contextfs_views;
end
$$;

-- What follows is for the owner of the database alone, who may make roles: nobody else may call it.

-- Make a login: its organization, its projects (null is all), the verifier of its password, and how many connections it
-- may hold. The rest are defaults of its sessions, which its holder may change.
create function contextfs_secret.make_bi_login(login name, org uuid, projects uuid [], verifier text, connections integer)
returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format(
        'create role %I login inherit connection limit %s password %L in role contextfs_bi',
        login, connections, verifier
    );
    insert into contextfs_secret.bi_logins values (login, org, projects, now());
    execute format('alter role %I set search_path = contextfs_bi', login);
    execute format('alter role %I set default_transaction_read_only = on', login);
    execute format('alter role %I set statement_timeout = ''60s''', login);
    execute format('alter role %I set idle_in_transaction_session_timeout = ''60s''', login);
end
$$;

-- Give a login another password. Who is connected stays so: to disconnect them comes after this is committed.
create function contextfs_secret.rotate_bi_login(named name, verifier text) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if not exists (select from contextfs_secret.bi_logins as l where l.login = named) then
        return false;
    end if;
    execute format('alter role %I password %L', named, verifier);
    return true;
end
$$;

-- Which roles are logins of BI tools, also those whose organization is gone.
create function contextfs_secret.bi_roles() returns setof name
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select r.rolname
    from pg_auth_members as m join pg_roles as r on r.oid = m.member
    where m.roleid = 'contextfs_bi'::regrole and r.rolname like 'bi\_%' and r.rolcanlogin and not r.rolsuper
$$;

-- End a login: from here on it sees nothing, and nobody logs in with it. Its role is removed after this is committed.
create function contextfs_secret.end_bi_login(named name) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    is_known boolean;
begin
    delete from contextfs_secret.bi_logins as l where l.login = named;
    is_known := found;
    if named in (select contextfs_secret.bi_roles()) then
        execute format('alter role %I nologin', named);
        return true;
    end if;
    return is_known;
end
$$;

-- Disconnect who is connected with a login; false where this is not the owner's to do on this server.
create function contextfs_secret.disconnect_bi_login(named name) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_terminate_backend(a.pid) from pg_stat_activity as a where a.usename = named;
    return true;
exception when insufficient_privilege then
    return false;
end
$$;

-- Remove the role of a login that has ended; false where it has to stay, without a login, since something of its own
-- hangs on it (in another database, too).
create function contextfs_secret.remove_bi_role(named name) returns boolean
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    execute format('drop owned by %I', named);
    execute format('drop role %I', named);
    return true;
exception when undefined_object then
    return true;
when dependent_objects_still_exist or insufficient_privilege then
    return false;
end
$$;

-- Shut what every login to Postgres may call, and what disturbs others: large objects and messages in the write-ahead
-- log, which fill the disk, and advisory locks, which our own work waits for. Our roles, and who owns this database and
-- its schema, keep them. Gives what is still open: only a superuser can shut functions of Postgres itself.
create function contextfs_secret.shut_to_logins() returns text []
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
    given record;
    ours text := (
        select string_agg(quote_ident(r.rolname), ', ') from pg_roles as r
        where (r.rolname like 'contextfs\_%' and r.rolname not in ('contextfs_bi', 'contextfs_views', 'contextfs_sql'))
        or r.oid = (select d.datdba from pg_database as d where d.datname = current_database())
        or r.oid = (select n.nspowner from pg_namespace as n where n.nspname = 'contextfs')
    );
begin
    for given in
        select p.oid, p.oid::regprocedure as called from pg_proc as p
        where p.pronamespace = 'pg_catalog'::regnamespace and has_function_privilege('public', p.oid, 'execute')
        and (p.proname like 'lo\_%' or p.proname like 'pg\_%advisory%'
            or p.proname in ('lowrite', 'loread', 'pg_logical_emit_message'))
    loop
        if pg_has_role(current_user, (select p.proowner from pg_proc as p where p.oid = given.oid), 'usage') then
            execute format('grant execute on function %s to %s', given.called, ours);
            execute format('revoke execute on function %s from public', given.called);
        end if;
    end loop;
    return array(
        select distinct p.proname::text from pg_proc as p
        where p.pronamespace = 'pg_catalog'::regnamespace and has_function_privilege('public', p.oid, 'execute')
        and (p.proname like 'lo\_%' or p.proname like 'pg\_%advisory%'
            or p.proname in ('lowrite', 'loread', 'pg_logical_emit_message'))
        order by 1
    );
end
$$;

revoke all on function contextfs_secret.make_bi_login(name, uuid, uuid [], text, integer),
contextfs_secret.rotate_bi_login(name, text), contextfs_secret.bi_roles(), contextfs_secret.end_bi_login(name),
contextfs_secret.disconnect_bi_login(name), contextfs_secret.remove_bi_role(name), contextfs_secret.shut_to_logins()
from public;
