-- Who connects, and who lends its eyes to a function. None of them owns a table or passes by row-level security.
--   contextfs_app     the API and the consumers: sees what the transaction's claims allow
--   contextfs_relay   carries events between tenants' transactions: sees the event tables only
--   contextfs_search  lends itself to `search_passages`, which filters by claims inside; cannot log in
--   contextfs_history lends itself to `keep_history`, so that nobody else can write history; cannot log in

do $$
declare
    wanted record;
begin
    for wanted in
        select *
        from (
            values
            ('contextfs_app', 'login'), ('contextfs_relay', 'login'),
            ('contextfs_search', 'nologin'), ('contextfs_history', 'nologin')
        ) as roles (name, login)
    loop
        begin
            if not exists (select from pg_roles where rolname = wanted.name) then
                execute format('create role %I %s nocreatedb nocreaterole noinherit', wanted.name, wanted.login);
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

-- A claim of the open transaction. One that is not set reads as null, and null lets nothing through; on a connection
-- that had claims before, Postgres gives '' for it. (Its names are bound here, once, so it needs no search_path of its
-- own, and without one it costs nothing: the planner puts its body in its place.)
create function contextfs.claim(name text) returns text
language sql stable parallel safe
return nullif(current_setting('app.' || name, true), '');

-- Keeps a row as it was in the table `<name>_history`: from its own last change up to, and without, the next one.
-- Where clocks disagree and the next change came no later, the row keeps the one moment it has.
create function contextfs.keep_history() returns trigger
language plpgsql security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    since timestamptz := old.updated_at;
    until timestamptz := case tg_op when 'UPDATE' then new.updated_at else clock_timestamp() end;
begin
    execute format('insert into contextfs.%I select $1, ($2).*', tg_table_name || '_history')
    using tstzrange(since, greatest(since, until), case when until > since then '[)' else '[]' end), old;
    return null;
end
$$;
