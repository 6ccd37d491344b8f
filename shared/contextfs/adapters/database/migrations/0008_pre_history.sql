-- Any row as it was at a time: each tenant table that is changed in place keeps what it was. (Memories keep revisions.)
-- `period` stands first, so that a column added to a table and to its history has the same place in both.

do $$
declare
    kept text;
begin
    foreach kept in array array['organizations', 'memberships', 'projects', 'api_keys', 'sessions']
    loop
        execute format(
            'create table contextfs.%I (period tstzrange not null, like contextfs.%I)', kept || '_history', kept
        );
        execute format(
            'create index on contextfs.%I (org_id, %speriod)', kept || '_history',
            case kept when 'organizations' then '' when 'memberships' then 'user_id, ' else 'id, ' end
        );
        execute format(
            'create trigger keep_history after update or delete on contextfs.%I '
            'for each row execute function contextfs.keep_history()', kept
        );
    end loop;
end
$$;
