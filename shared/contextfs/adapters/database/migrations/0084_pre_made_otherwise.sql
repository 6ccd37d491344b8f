-- What was made with another setting of languages: searches tell that there is some, and reindexing makes its terms anew.

-- Whether any passage of an organization was made with another setting is asked with each search.
create index concurrently if not exists passages_languages on contextfs.passages (org_id, languages);

-- Reading a function's body, which says nothing of a tenant, would fail where even the owner sees no rows.
set local check_function_bodies = off;

-- Whether the organization of this transaction has passages that were made for other languages than these: by the ends of
-- the index. A plan that knows no setting takes a comparison for one that finds something soon, and reads all where none is.
create function contextfs.has_made_otherwise(languages text) returns boolean
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    select coalesce(
        (
            select min(p.languages) < $1 or max(p.languages) > $1 from contextfs.passages as p
            where p.org_id = contextfs.claim('org_id')::uuid
        ),
        false
    )
$$;

-- How many these are, of everybody.
create function contextfs.count_made_otherwise(languages text) returns bigint
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    select count(*) from contextfs.passages as p
    where p.org_id = contextfs.claim('org_id')::uuid and (p.languages < $1 or p.languages > $1)
$$;

-- Some of these that the reader of this transaction may see: ids alone.
create function contextfs.made_otherwise(languages text, most integer) returns setof uuid
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    select p.id from contextfs.passages as p
    where p.org_id = contextfs.claim('org_id')::uuid and (p.languages < $1 or p.languages > $1)
    and (p.visibility <> 'private' or p.author_id = contextfs.claim('user_id')::uuid)
    limit $2
$$;

-- The first person, in the order of their ids behind `after` (null: all), who has some of these that nobody else may see.
create function contextfs.made_otherwise_by(languages text, after uuid) returns uuid
language sql stable security definer
set search_path = pg_catalog, contextfs, public, pg_temp
as $$
    select p.author_id from contextfs.passages as p
    where p.org_id = contextfs.claim('org_id')::uuid and (p.languages < $1 or p.languages > $1)
    and p.visibility = 'private' and p.author_id <> contextfs.claim('user_id')::uuid
    and ($2 is null or p.author_id > $2)
    order by p.author_id
    limit 1
$$;

revoke all on function contextfs.has_made_otherwise, contextfs.count_made_otherwise, contextfs.made_otherwise,
contextfs.made_otherwise_by from public;
grant execute on function contextfs.has_made_otherwise, contextfs.count_made_otherwise, contextfs.made_otherwise,
contextfs.made_otherwise_by to contextfs_app;

-- Only its owner may replace a function, and a new owner must be able to create in the schema, for this moment.
grant contextfs_search to current_user;
grant create on schema contextfs to contextfs_search;
alter function contextfs.has_made_otherwise owner to contextfs_search;
alter function contextfs.count_made_otherwise owner to contextfs_search;
alter function contextfs.made_otherwise owner to contextfs_search;
alter function contextfs.made_otherwise_by owner to contextfs_search;
revoke contextfs_search from current_user;
revoke create on schema contextfs from contextfs_search;
