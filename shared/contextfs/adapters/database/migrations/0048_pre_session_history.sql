-- Each message that arrives changes its session, and so keeps one more row of its history: for this table, the statement
-- that does so is planned once, and not for each row. (A column that both tables get later is kept as well.)

create function contextfs.keep_session_history() returns trigger
language plpgsql security definer
set search_path = pg_catalog, contextfs, pg_temp
as $$
declare
    was contextfs.sessions := old;
    until timestamptz := case tg_op when 'UPDATE' then new.updated_at else clock_timestamp() end;
begin
    insert into contextfs.sessions_history
    select
        tstzrange(
            was.updated_at, greatest(was.updated_at, until), case when until > was.updated_at then '[)' else '[]' end
        ),
        (was).*;
    return null;
end
$$;
revoke all on function contextfs.keep_session_history() from public;

-- Before the function has its new owner: whoever makes a trigger must be allowed to call it.
create or replace trigger keep_history after update or delete on contextfs.sessions
for each row execute function contextfs.keep_session_history();

do $$
begin
    grant create on schema contextfs to contextfs_history;
    execute 'grant contextfs_history to current_user';
    alter function contextfs.keep_session_history() owner to contextfs_history;
    execute 'revoke contextfs_history from current_user';
    revoke create on schema contextfs from contextfs_history;
end
$$;
