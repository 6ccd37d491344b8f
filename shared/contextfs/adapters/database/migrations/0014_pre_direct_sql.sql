-- Direct SQL: a role of its own reads documented views of the caller's own data. Whoever writes the query may set any
-- variable, so claims that only stand in one would be worth nothing: these are signed by the database for one
-- connection and a short time, and verified in the policies.
--   contextfs_sql     runs what people wrote: sees what the signed claims allow, and writes nothing
--   contextfs_claims  lends itself to the two functions that sign and verify: alone it knows the key; cannot log in

do $$
declare
    wanted record;
begin
    for wanted in select * from (values ('contextfs_sql', 'login'), ('contextfs_claims', 'nologin')) as roles (name, login)
    loop
        begin
            if not exists (select from pg_roles where rolname = wanted.name) then
                execute format(
                    'create role %I %s nocreatedb nocreaterole noinherit connection limit %s', wanted.name, wanted.login,
                    case wanted.login when 'login' then 40 else -1 end
                );
            end if;
        exception when duplicate_object or unique_violation then
            null; -- roles belong to the whole server: another database made them in this moment
        end;
        if exists (
            select from pg_roles
            where rolname = wanted.name
            and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin <> (wanted.login = 'login'))
        ) then
            raise exception 'the role % exists with other powers than it may have: drop it or rename it', wanted.name;
        end if;
        execute format('grant usage on schema contextfs to %I', wanted.name);
    end loop;
end
$$;

-- The key that claims are signed with, in the two halves that HMAC (RFC 2104) takes: 64 bytes, xor 0x36 and xor 0x5c.
-- It is made here, from the server's strong random numbers, and leaves this table through no function.
create schema contextfs_secret;
create table contextfs_secret.signing_key (inner_half bytea not null, outer_half bytea not null);
do $$
declare
    key bytea := uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
    || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid());
    inner_half bytea := key;
    outer_half bytea := key;
begin
    for place in 0..63 loop
        inner_half := set_byte(inner_half, place, get_byte(key, place) # 54);
        outer_half := set_byte(outer_half, place, get_byte(key, place) # 92);
    end loop;
    insert into contextfs_secret.signing_key values (inner_half, outer_half);
end
$$;
grant usage on schema contextfs_secret to contextfs_claims;
grant select on contextfs_secret.signing_key to contextfs_claims;

-- HMAC-SHA-256 of a text, in hex. Only the role that owns the two functions below may call it.
create function contextfs_secret.mac(text text) returns text
language sql stable
set search_path = pg_catalog, contextfs_secret, pg_temp
begin atomic
    select encode(sha256(k.outer_half || sha256(k.inner_half || convert_to(text, 'UTF8'))), 'hex')
    from contextfs_secret.signing_key as k;
end;

-- Sign the claims of this transaction for another connection, known by its backend's process id.
create function contextfs.sign_claims(backend integer, seconds integer) returns text
language plpgsql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    said text := jsonb_build_object(
        'org_id', contextfs.claim('org_id'), 'user_id', contextfs.claim('user_id'),
        'all_projects', contextfs.claim('all_projects'), 'project_ids', contextfs.claim('project_ids'),
        'backend', backend, 'expires', extract(epoch from clock_timestamp()) + least(seconds, 120)
    )::text;
begin
    return contextfs_secret.mac(said) || said;
end
$$;

-- A claim that was signed for this very connection and has not expired; null when there is none, an error when it is
-- not ours. (The signatures are compared by their hashes: how long that takes tells nothing of them.)
create function contextfs.signed(name text) returns text
language plpgsql stable security definer parallel restricted
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    token text := nullif(current_setting('app.signed_claims', true), '');
    said text := substr(token, 65);
    mac text := contextfs_secret.mac(said);
begin
    if token is null then
        return null;
    end if;
    if sha256(convert_to(mac || left(token, 64), 'UTF8')) <> sha256(convert_to(mac || mac, 'UTF8'))
        or (said::jsonb ->> 'backend')::integer <> pg_backend_pid()
        or (said::jsonb ->> 'expires')::numeric < extract(epoch from clock_timestamp())
    then
        raise exception 'these claims are not signed for this connection, or have expired' using errcode = '42501';
    end if;
    return said::jsonb ->> name;
end
$$;

do $$
declare
    tenant text := 'org_id = (select contextfs.signed(''org_id'')::uuid)';
    project text := '(select contextfs.signed(''all_projects'')) = ''on'' or %1$s = any('
        '(select contextfs.signed(''project_ids'')::uuid[])::uuid[])';
    reader text := 'visibility <> ''private'' or %1$s = (select contextfs.signed(''user_id'')::uuid)';
    shown record;
begin
    for shown in
        select * from (
            values
            ('projects', 'id', null), ('projects_history', 'id', null),
            ('sessions', 'project_id', 'created_by'), ('sessions_history', 'project_id', 'created_by'),
            ('messages', 'project_id', null), ('memories', 'project_id', 'author_id'), ('revisions', 'project_id', null)
        ) as tables (name, project, reader)
    loop
        execute format('create policy sql_tenant on contextfs.%I for select to contextfs_sql using (%s)', shown.name, tenant);
        execute format(
            'create policy sql_project on contextfs.%I as restrictive for select to contextfs_sql using (%s)', shown.name,
            format(project, shown.project)
        );
        if shown.reader is not null then
            execute format(
                'create policy sql_reader on contextfs.%I as restrictive for select to contextfs_sql using (%s)',
                shown.name, format(reader, shown.reader)
            );
        end if;
        execute format('grant select on contextfs.%I to contextfs_sql', shown.name);
    end loop;
end
$$;
create policy sql_reader on contextfs.messages as restrictive for select to contextfs_sql using (
    exists (select from contextfs.sessions as s where s.org_id = messages.org_id and s.id = messages.session_id)
);
create policy sql_reader on contextfs.revisions as restrictive for select to contextfs_sql using (
    exists (select from contextfs.memories as m where m.org_id = revisions.org_id and m.id = revisions.memory_id)
);

-- The documented views, twice under the same names: as things are (`contextfs_now`), and as they were at the moment of
-- `app.as_of` (`contextfs_then`). What was deleted since is shown by what its history keeps.
create schema contextfs_now;
create schema contextfs_then;
grant usage on schema contextfs_now, contextfs_then to contextfs_sql;

create function contextfs_then.moment() returns timestamptz
language sql stable
set search_path = pg_catalog, pg_temp
return nullif(current_setting('app.as_of', true), '')::timestamptz;

create view contextfs_now.projects with (security_invoker = true) as
select p.id, p.name, p.description, p.metadata, p.created_at, p.updated_at from contextfs.projects as p;
create view contextfs_then.projects with (security_invoker = true) as
select p.id, p.name, p.description, p.metadata, p.created_at, p.updated_at
from contextfs.projects as p where p.updated_at <= contextfs_then.moment()
union all
select p.id, p.name, p.description, p.metadata, p.created_at, p.updated_at
from contextfs.projects_history as p where p.period @> contextfs_then.moment();

create view contextfs_now.sessions with (security_invoker = true) as
select
    s.id, s.project_id, s.external_id, s.tool, s.title, s.status, s.user_id, s.model, s.git_remote, s.git_branch,
    s.git_commit, s.cwd, s.message_count, s.input_tokens, s.output_tokens, s.visibility, s.sensitivity, s.tags,
    s.annotations, s.metadata, s.started_at::timestamptz as started_at, s.ended_at::timestamptz as ended_at,
    s.created_at, s.updated_at
from contextfs.sessions as s;
create view contextfs_then.sessions with (security_invoker = true) as
select
    s.id, s.project_id, s.external_id, s.tool, s.title, s.status, s.user_id, s.model, s.git_remote, s.git_branch,
    s.git_commit, s.cwd, s.message_count, s.input_tokens, s.output_tokens, s.visibility, s.sensitivity, s.tags,
    s.annotations, s.metadata, s.started_at::timestamptz as started_at, s.ended_at::timestamptz as ended_at,
    s.created_at, s.updated_at
from contextfs.sessions as s where s.updated_at <= contextfs_then.moment()
union all
select
    s.id, s.project_id, s.external_id, s.tool, s.title, s.status, s.user_id, s.model, s.git_remote, s.git_branch,
    s.git_commit, s.cwd, s.message_count, s.input_tokens, s.output_tokens, s.visibility, s.sensitivity, s.tags,
    s.annotations, s.metadata, s.started_at::timestamptz, s.ended_at::timestamptz, s.created_at, s.updated_at
from contextfs.sessions_history as s where s.period @> contextfs_then.moment();

create view contextfs_now.messages with (security_invoker = true) as
select
    m.id, m.project_id, m.session_id, m.external_id, m.role, m.kind, m.content, m.tool_calls, m.model, m.tokens,
    m.metadata, m.created_at::timestamptz as created_at, m.stored_at
from contextfs.messages as m;
create view contextfs_then.messages with (security_invoker = true) as
select
    m.id, m.project_id, m.session_id, m.external_id, m.role, m.kind, m.content, m.tool_calls, m.model, m.tokens,
    m.metadata, m.created_at::timestamptz as created_at, m.stored_at
from contextfs.messages as m where m.stored_at <= contextfs_then.moment();

create view contextfs_now.memories with (security_invoker = true) as
select
    m.id, m.project_id, m.type, m.title, m.content, m.tags, m.metadata, m.visibility, m.sensitivity, m.confidence,
    m.pinned, m.valid_from::timestamptz as valid_from, m.valid_to::timestamptz as valid_to,
    m.expires_at::timestamptz as expires_at, m.provenance, m.anchors, m.author_id, m.author_kind, m.session_id,
    m.conflicted, m.version, m.created_at, m.updated_at
from contextfs.memories as m where not m.deleted;
-- Of each memory the newest revision that was stored by then. Where two people had changed it at once, that is one of
-- the two: the texts in conflict are in `revisions`.
create view contextfs_then.memories with (security_invoker = true) as
select
    r.memory_id as id, r.project_id, r.fields ->> 'type' as type, r.fields ->> 'title' as title,
    r.fields ->> 'content' as content,
    array(select jsonb_array_elements_text(coalesce(r.fields -> 'tags', '[]'))) as tags,
    coalesce(r.fields -> 'metadata', '{}') as metadata, coalesce(r.fields ->> 'visibility', 'project') as visibility,
    r.fields ->> 'sensitivity' as sensitivity, (r.fields ->> 'confidence')::double precision as confidence,
    coalesce((r.fields ->> 'pinned')::boolean, false) as pinned, (r.fields ->> 'valid_from')::timestamptz as valid_from,
    (r.fields ->> 'valid_to')::timestamptz as valid_to, (r.fields ->> 'expires_at')::timestamptz as expires_at,
    coalesce(r.fields -> 'provenance', '[]') as provenance, coalesce(r.fields -> 'anchors', '[]') as anchors,
    r.author_id, r.author_kind, r.session_id, null::boolean as conflicted, left(r.id, 16) as version, r.created_at,
    r.stored_at as updated_at
from (
    select distinct on (own.memory_id)
        own.*, m.author_id, m.author_kind, m.session_id, m.created_at
    from contextfs.revisions as own
    join contextfs.memories as m on m.org_id = own.org_id and m.id = own.memory_id
    where own.stored_at <= contextfs_then.moment()
    order by own.memory_id, own.clock desc, own.id desc
) as r
where not coalesce((r.fields ->> 'deleted')::boolean, false);

create view contextfs_now.revisions with (security_invoker = true) as
select r.id, r.project_id, r.memory_id, r.parents, r.fields, r.author, r.clock, r.stored_at
from contextfs.revisions as r;
create view contextfs_then.revisions with (security_invoker = true) as
select r.id, r.project_id, r.memory_id, r.parents, r.fields, r.author, r.clock, r.stored_at
from contextfs.revisions as r where r.stored_at <= contextfs_then.moment();

-- The taxonomy: each kind of memory with the columns that are its own.
do $$
declare
    place text;
    kind record;
begin
    foreach place in array array['contextfs_now', 'contextfs_then'] loop
        for kind in
            select * from (
                values
                ('fact', 'metadata ->> ''key'' as key, metadata ->> ''value'' as value, confidence, valid_from, valid_to'),
                ('episodic', 'session_id, metadata ->> ''goal'' as goal, metadata ->> ''outcome'' as outcome, '
                    'valid_from as happened_at'),
                ('procedural', 'coalesce(metadata -> ''steps'', ''[]'') as steps, confidence'),
                ('user', 'author_id as user_id, metadata ->> ''key'' as preference, confidence'),
                ('decision', 'metadata ->> ''reason'' as reason, session_id, confidence')
            ) as kinds (name, columns)
        loop
            execute format(
                'create view %1$I.%2$I with (security_invoker = true) as select id, project_id, title, content, %3$s, tags, '
                'created_at, updated_at from %1$I.memories where type = %4$L',
                place, 'memory_' || kind.name, kind.columns, kind.name
            );
        end loop;
        execute format('grant select on all tables in schema %I to contextfs_sql', place);
    end loop;
end
$$;

revoke all on function contextfs.sign_claims(integer, integer), contextfs.signed(text), contextfs_then.moment(),
contextfs_secret.mac(text) from public;
grant execute on function contextfs.sign_claims(integer, integer) to contextfs_app;
grant execute on function contextfs.signed(text), contextfs_then.moment() to contextfs_sql;
grant execute on function contextfs.claim(text), contextfs_secret.mac(text) to contextfs_claims;
do $$
declare
    given text;
begin
    grant create on schema contextfs to contextfs_claims;
    execute 'grant contextfs_claims to current_user';
    foreach given in array array['contextfs.sign_claims(integer, integer)', 'contextfs.signed(text)'] loop
        execute format('alter function %s owner to contextfs_claims', given);
    end loop;
    execute 'revoke contextfs_claims from current_user';
    revoke create on schema contextfs from contextfs_claims;
    -- It may make nothing, not even for a moment.
    execute format('revoke temporary on database %I from public', current_database());
end
$$;
