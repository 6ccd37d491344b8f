-- Who sets up a provider, or makes the token of a directory, vouches for it with what they may themselves: by it nobody
-- comes in, is changed, or is made, who may more. Null where it was set up before this was noted: it vouches for all.
alter table contextfs.sso_settings add column vouched text [];
alter table contextfs.scim_tokens add column vouched text [];

-- While the code before this one still runs, it names nobody who vouches: then nobody does, until somebody sets it anew.
alter table contextfs.sso_settings alter column vouched set default '{}';
alter table contextfs.scim_tokens alter column vouched set default '{}';

-- A change that names who vouches says so to the trigger after it; triggers fire in the order of their names.
create function contextfs.note_vouching() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    perform set_config('app.vouching', 'on', true);
    return new;
end
$$;
create function contextfs.vouch_for_nothing() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
    if coalesce(current_setting('app.vouching', true), '') <> 'on' and (
        (old.provider, old.metadata_url, old.metadata_xml, old.client_id, old.attribute_mapping, old.idp_initiated)
        is distinct from
        (new.provider, new.metadata_url, new.metadata_xml, new.client_id, new.attribute_mapping, new.idp_initiated)
    ) then
        new.vouched := '{}';
    end if;
    perform set_config('app.vouching', '', true);
    return new;
end
$$;
create trigger vouching_1_noted before update of vouched on contextfs.sso_settings
for each row execute function contextfs.note_vouching();
create trigger vouching_2_missed before update on contextfs.sso_settings
for each row execute function contextfs.vouch_for_nothing();
