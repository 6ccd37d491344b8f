-- Any row as it was at a time: each tenant table that is changed in place keeps what it was. (Memories keep revisions.)

do $$
declare
    kept text;
begin
    foreach kept in array array['organizations', 'memberships', 'projects', 'api_keys', 'sessions']
    loop
        execute format('create table contextfs.%I (like contextfs.%I)', kept || '_history', kept);
        execute format('alter table contextfs.%I add column period tstzrange not null', kept || '_history');
        execute format(
            'create index on contextfs.%I (org_id, %s, period)', kept || '_history',
            case kept when 'organizations' then 'name' when 'memberships' then 'user_id' else 'id' end
        );
        execute format(
            'create trigger keep_history after update or delete on contextfs.%I '
            'for each row execute function contextfs.keep_history()', kept
        );
    end loop;
end
$$;
