-- name: choice
-- What is taken out beside secrets: the classes that a project chose (null: it leaves that to the installation), and the
-- rules of its organization. A statement behind this one finds in `app.unchosen` whether there is none of both.
select
    p.id as project_id, p.personal, r.rules,
    set_config('app.unchosen', (p.personal is null and coalesce(r.rules, '[]') = '[]')::text, true) as unchosen
from (values (%(project_id)s::uuid)) as asked (id)
left join projects as p on asked.id = p.id
left join redaction_rules as r on true

-- name: get_rules
-- The rules of the organization.
select rules, updated_at from redaction_rules

-- name: put_rules
-- Set the rules of the organization.
insert into redaction_rules (org_id, rules, updated_by, updated_at)
values (%(org_id)s, %(rules)s::jsonb, %(updated_by)s, %(now)s)
on conflict (org_id) do update
set rules = excluded.rules, updated_by = excluded.updated_by, updated_at = excluded.updated_at

-- name: clear_rules
-- Leave the organization without rules.
delete from redaction_rules where org_id = %(org_id)s
