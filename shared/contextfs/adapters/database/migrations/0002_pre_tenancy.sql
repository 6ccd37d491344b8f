-- Organizations (tenants), their members, projects (context boundaries) and API keys.

-- A time that a caller gave. What lies outside of the years 1 to 9999 (as UTC) could be stored, but never read again.
create domain contextfs.moment as timestamptz
check (value >= timestamptz '0001-01-01 00:00:00+00' and value < timestamptz '10000-01-01 00:00:00+00');

create table contextfs.organizations (
    org_id uuid primary key,
    name text not null,
    plan text not null default 'free',
    region text not null default 'local',
    created_at timestamptz not null,
    updated_at timestamptz not null
);

create table contextfs.memberships (
    org_id uuid not null references contextfs.organizations on delete cascade,
    user_id uuid not null,
    email text not null,
    name text,
    role text not null check (role in ('owner', 'admin', 'member', 'viewer')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (org_id, user_id),
    unique (org_id, email)
);

create table contextfs.projects (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    name text not null,
    description text,
    metadata jsonb not null default '{}',
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (org_id, id)
);
create unique index projects_name on contextfs.projects (org_id, lower(name));
create index projects_newest on contextfs.projects (org_id, created_at desc, id desc);

create table contextfs.api_keys (
    org_id uuid not null references contextfs.organizations on delete cascade,
    id uuid not null,
    project_id uuid,
    user_id uuid,
    name text not null,
    hash bytea not null,
    hint text not null,
    role text not null,
    permissions text [] not null,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    expires_at contextfs.moment,
    revoked_at timestamptz,
    primary key (org_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade,
    foreign key (org_id, user_id) references contextfs.memberships on delete cascade
);
create index api_keys_project on contextfs.api_keys (org_id, project_id);
create index api_keys_user on contextfs.api_keys (org_id, user_id);
