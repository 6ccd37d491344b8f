-- Who connects, and who lends its eyes to a function. None of them owns a table or passes by row-level security.
--   contextfs_app     the API and the consumers: sees what the transaction's claims allow
--   contextfs_relay   carries events between tenants' transactions: sees the event tables only
--   contextfs_search  lends itself to `search_passages`, which filters by claims inside; cannot log in

do $$
declare
    wanted record;
begin
    for wanted in
        select *
        from (
            values
            ('contextfs_app', 'login'), ('contextfs_relay', 'login'), ('contextfs_search', 'nologin')
        ) as roles (name, login)
    loop
        if not exists (select from pg_roles where rolname = wanted.name) then
            execute format('create role %I %s nocreatedb nocreaterole noinherit', wanted.name, wanted.login);
        end if;
        execute format('grant usage on schema contextfs to %I', wanted.name);
    end loop;
end
$$;

-- The claims of the open transaction. Unset claims read as null, and null lets nothing through.
create function contextfs.claim(name text) returns text
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
return nullif(current_setting('app.' || name, true), '');

-- Keeps a row as it was until now in the table `<name>_history`.
create function contextfs.keep_history() returns trigger
language plpgsql
set search_path = contextfs, pg_catalog, pg_temp
as $$
begin
    execute format('insert into contextfs.%I select ($1).*, tstzrange($2, $3)', tg_table_name || '_history')
    using old, old.updated_at, greatest(clock_timestamp(), old.updated_at);
    return null;
end
$$;
