-- Sessions and their messages. A message is immutable; its place is (created_at, id).

create table contextfs.sessions (
    org_id uuid not null,
    project_id uuid not null,
    id uuid not null,
    external_id text,
    tool text not null,
    title text,
    status text not null check (status in ('open', 'completed')),
    user_id uuid,
    model text,
    git_remote text,
    git_branch text,
    git_commit text,
    cwd text,
    message_count integer not null default 0,
    input_tokens bigint not null default 0,
    output_tokens bigint not null default 0,
    visibility text not null check (visibility in ('private', 'project', 'organization')),
    sensitivity text,
    tags text [] not null default '{}',
    annotations jsonb not null default '{}',
    metadata jsonb not null default '{}',
    started_at contextfs.moment not null,
    ended_at contextfs.moment,
    created_by uuid not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (org_id, id),
    unique (org_id, project_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade
);
create unique index sessions_external on contextfs.sessions (org_id, project_id, tool, external_id);
create index sessions_newest on contextfs.sessions (org_id, project_id, started_at desc, id desc);

create table contextfs.messages (
    org_id uuid not null,
    project_id uuid not null,
    session_id uuid not null,
    id uuid not null,
    external_id text,
    role text not null check (role in ('user', 'assistant', 'system', 'tool')),
    kind text not null,
    content text not null,
    tool_calls jsonb not null default '[]',
    model text,
    tokens integer,
    metadata jsonb not null default '{}',
    created_at contextfs.moment not null,
    stored_at timestamptz not null,
    primary key (org_id, session_id, id),
    foreign key (org_id, project_id, session_id)
    references contextfs.sessions (org_id, project_id, id) on delete cascade
);
create index messages_session on contextfs.messages (org_id, project_id, session_id);
create index messages_order on contextfs.messages (org_id, session_id, created_at, id);
create unique index messages_external on contextfs.messages (org_id, session_id, external_id);
