-- name: get_home
-- Where the organization lives: as its own row says, where that is here, else as another region said when it was asked.
select
    wanted.org_id,
    coalesce(o.region, h.region) as region,
    h.elsewhere
from (values (%(org_id)s::uuid)) as wanted (org_id)
left join organizations as o on o.org_id = wanted.org_id
left join homes as h on h.org_id = wanted.org_id
where coalesce(o.region, h.region) is not null

-- name: put_home
-- Note where an organization lives.
insert into homes (org_id, region, elsewhere, updated_at)
values (%(org_id)s, %(region)s, %(elsewhere)s, %(now)s)
on conflict (org_id) do update
set region = excluded.region, elsewhere = excluded.elsewhere, updated_at = excluded.updated_at
where (homes.region, homes.elsewhere) is distinct from (excluded.region, excluded.elsewhere)

-- name: homes_among
-- Which of these organizations live in one of these regions.
select wanted.org_id, coalesce(o.region, h.region) as region
from (select distinct org_id from unnest(%(orgs)s::uuid []) as o (org_id)) as wanted
left join organizations as o on o.org_id = wanted.org_id
left join homes as h on h.org_id = wanted.org_id
where coalesce(o.region, h.region) = any(%(regions)s::text [])
