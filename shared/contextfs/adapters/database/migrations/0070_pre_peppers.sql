-- Peppers can be replaced: what is presented is hashed anew with the first one, and what is sealed is sealed anew.

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

-- The pepper that a key or a directory's token is hashed with, by its name; null: what there was before it had one.
alter table contextfs.api_keys add column pepper text;
alter table contextfs.api_keys_history add column pepper text;
alter table contextfs.scim_tokens add column pepper text;

-- Hash what is presented with the first pepper, where it was hashed with one of the others: who brings such a hash has the
-- credential itself. It is asked before the caller is let in, which sets the claims that this begins with, or takes them away.
-- One question tells which row it is, whose plan is kept: who brings what opens nothing costs that question alone.
-- While programs roll, the first of one is another's second: so the row is held as it is until the caller is let in.
create function contextfs.renew_hash(
    claimed_org uuid, thing uuid, fresh bytea, stale bytea [], fresh_pepper text
)
returns boolean
language plpgsql volatile
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    known constant bytea [] := fresh || stale;
    place record;
    done bigint;
begin
    perform set_config('app.org_id', claimed_org::text, true), set_config('app.all_projects', 'on', true);
    for turn in 1..3 loop
        select p.name, p.kept, p.noted into place
        from (
            select 'api_keys', 'hash', ', pepper = $5' from contextfs.api_keys as k
            where k.org_id = claimed_org and k.id = thing and k.hash = any(known)
            union all
            select 'logins', case when l.hash = any(known) then 'hash' else 'earlier_hash' end, '' from contextfs.logins as l
            where l.org_id = claimed_org and l.id = thing and (l.hash = any(known) or l.earlier_hash = any(known))
            union all
            select 'access_tokens', 'hash', '' from contextfs.access_tokens as t
            where t.org_id = claimed_org and t.id = thing and t.hash = any(known)
            union all
            select 'grants', 'access_hash', '' from contextfs.grants as g
            where g.org_id = claimed_org and g.id = thing and g.access_hash = any(known)
            union all
            select 'scim_tokens', 'hash', ', pepper = $5' from contextfs.scim_tokens as t
            where t.org_id = claimed_org and t.id = thing and t.hash = any(known)
            union all
            select 'invitations', 'hash', '' from contextfs.invitations as i
            where i.org_id = claimed_org and i.id = thing and i.hash = any(known)
        ) as p (name, kept, noted);
        if not found then
            return false;
        end if;
        execute format(
            'update contextfs.%1$I set %2$I = $1%3$s where org_id = $2 and id = $3 and %2$I = any($4)',
            place.name, place.kept, place.noted
        ) using fresh, claimed_org, thing, stale, fresh_pepper;
        get diagnostics done = row_count;
        if done = 0 then
            execute format(
                'select from contextfs.%I where org_id = $2 and id = $3 and %I = $1 for share', place.name, place.kept
            ) using fresh, claimed_org, thing;
            get diagnostics done = row_count;
        end if;
        if done > 0 then
            return true;
        end if;
    end loop;
    return false;
end
$$;
revoke all on function contextfs.renew_hash(uuid, uuid, bytea, bytea [], text) from public;
grant execute on function contextfs.renew_hash(uuid, uuid, bytea, bytea [], text) to contextfs_app;

-- A role of its own sees what is sealed, of all organizations, which says nothing to who has no pepper, and which pepper keys
-- are hashed with. It lends itself to three functions, which the owner of the database alone may call.
do $$
begin
    begin
        if not exists (select from pg_roles where rolname = 'contextfs_keeper') then
            create role contextfs_keeper nologin nocreatedb nocreaterole noinherit;
        end if;
    exception when duplicate_object or unique_violation then
        null; -- roles belong to the whole server: another database made it in this moment
    end;
    if exists (
        select from pg_roles
        where rolname = 'contextfs_keeper' and (rolsuper or rolbypassrls or rolcreaterole or rolcanlogin)
    ) then
        raise exception 'the role contextfs_keeper exists with other powers than it may have: drop it or rename it';
    end if;
    grant usage on schema contextfs to contextfs_keeper;
end
$$;
create policy reseals on contextfs.sources to contextfs_keeper using (true) with check (true);
create policy reseals on contextfs.audit_streams to contextfs_keeper using (true) with check (true);
create policy reseals on contextfs.sso_settings to contextfs_keeper using (true) with check (true);
create policy reseals on contextfs.audit_checkpoints to contextfs_keeper using (true) with check (true);
create policy reseals on contextfs.api_keys for select to contextfs_keeper using (true);
create policy reseals on contextfs.scim_tokens for select to contextfs_keeper using (true);
grant select (org_id, id, sealed, former), update (sealed, former) on contextfs.sources to contextfs_keeper;
grant select (org_id, sealed, former, authorization_sealed), update (sealed, former, authorization_sealed)
on contextfs.audit_streams to contextfs_keeper;
grant select (org_id, client_secret, saml_key), update (client_secret, saml_key)
on contextfs.sso_settings to contextfs_keeper;
grant select (org_id, position, hash, signature), update (signature) on contextfs.audit_checkpoints to contextfs_keeper;
grant select (org_id, id, pepper, expires_at, revoked_at) on contextfs.api_keys to contextfs_keeper;
grant select (org_id, id, pepper, expires_at, revoked_at) on contextfs.scim_tokens to contextfs_keeper;

-- What is sealed or signed with a pepper, of all organizations, behind one of them; `thing` is whose it is, `said` what is
-- signed beside it.
create function contextfs.sealed_texts(behind_place text, behind_org uuid, behind_thing text, most integer)
returns table (place text, org_id uuid, thing text, sealed bytea, said bytea)
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select f.place, f.org_id, f.thing, f.sealed, f.said
    from (
        select 'audit_checkpoints.signature', c.org_id, c.position::text, c.signature, c.hash from contextfs.audit_checkpoints as c
        union all
        select 'audit_streams.authorization_sealed', s.org_id, s.org_id::text, s.authorization_sealed, null
        from contextfs.audit_streams as s where s.authorization_sealed is not null
        union all
        select 'audit_streams.former', s.org_id, s.org_id::text, s.former, null
        from contextfs.audit_streams as s where s.former is not null
        union all
        select 'audit_streams.sealed', s.org_id, s.org_id::text, s.sealed, null from contextfs.audit_streams as s
        union all
        select 'sources.former', s.org_id, s.id::text, s.former, null from contextfs.sources as s where s.former is not null
        union all
        select 'sources.sealed', s.org_id, s.id::text, s.sealed, null from contextfs.sources as s
        union all
        select 'sso_settings.client_secret', s.org_id, s.org_id::text, convert_to(s.client_secret, 'UTF8'), null
        from contextfs.sso_settings as s where s.client_secret is not null
        union all
        select 'sso_settings.saml_key', s.org_id, s.org_id::text, convert_to(s.saml_key, 'UTF8'), null
        from contextfs.sso_settings as s where s.saml_key is not null
    ) as f (place, org_id, thing, sealed, said)
    where (f.place, f.org_id, f.thing) > (behind_place, behind_org, behind_thing)
    order by f.place, f.org_id, f.thing
    limit most
$$;

-- Put what was sealed anew in the place of what it was; false when somebody else changed it since.
create function contextfs.put_sealed(place text, whose uuid, thing text, before bytea, after bytea) returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
begin
    case place
        when 'audit_checkpoints.signature' then
            update contextfs.audit_checkpoints as c set signature = after
            where c.org_id = whose and c.position = thing::bigint and c.signature = before;
        when 'audit_streams.authorization_sealed' then
            update contextfs.audit_streams as s set authorization_sealed = after
            where s.org_id = whose and s.authorization_sealed = before;
        when 'audit_streams.former' then
            update contextfs.audit_streams as s set former = after where s.org_id = whose and s.former = before;
        when 'audit_streams.sealed' then
            update contextfs.audit_streams as s set sealed = after where s.org_id = whose and s.sealed = before;
        when 'sources.former' then
            update contextfs.sources as s set former = after
            where s.org_id = whose and s.id = thing::uuid and s.former = before;
        when 'sources.sealed' then
            update contextfs.sources as s set sealed = after
            where s.org_id = whose and s.id = thing::uuid and s.sealed = before;
        when 'sso_settings.client_secret' then
            update contextfs.sso_settings as s set client_secret = convert_from(after, 'UTF8')
            where s.org_id = whose and s.client_secret = convert_from(before, 'UTF8');
        when 'sso_settings.saml_key' then
            update contextfs.sso_settings as s set saml_key = convert_from(after, 'UTF8')
            where s.org_id = whose and s.saml_key = convert_from(before, 'UTF8');
    end case;
    return found;
end
$$;

-- How many keys and directories' tokens that still open are hashed with another pepper than this one.
create function contextfs.hashed_otherwise(named text) returns bigint
language sql stable security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
    select (
        select count(*) from contextfs.api_keys as k
        where k.pepper is distinct from named and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
    ) + (
        select count(*) from contextfs.scim_tokens as t
        where t.pepper is distinct from named and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
    )
$$;

revoke all on function contextfs.sealed_texts, contextfs.put_sealed, contextfs.hashed_otherwise from public;
do $$
begin
    grant create on schema contextfs to contextfs_keeper;
    execute 'grant contextfs_keeper to current_user';
    alter function contextfs.sealed_texts owner to contextfs_keeper;
    alter function contextfs.put_sealed owner to contextfs_keeper;
    alter function contextfs.hashed_otherwise owner to contextfs_keeper;
    -- A new owner takes over what was granted to the one before: who seals anew is granted it after that.
    execute 'grant execute on function contextfs.sealed_texts, contextfs.put_sealed, contextfs.hashed_otherwise to current_user';
    execute 'revoke contextfs_keeper from current_user';
    revoke create on schema contextfs from contextfs_keeper;
end
$$;
