-- Memories. `revisions` is the truth, a set that only grows; a row of `memories` is the view of its set.

create table contextfs.memories (
    org_id uuid not null,
    project_id uuid not null,
    id uuid not null,
    type text not null,
    title text,
    content text not null,
    tags text [] not null default '{}',
    metadata jsonb not null default '{}',
    visibility text not null check (visibility in ('private', 'project', 'organization')),
    sensitivity text,
    confidence double precision,
    pinned boolean not null default false,
    valid_from contextfs.moment,
    valid_to contextfs.moment,
    expires_at contextfs.moment,
    provenance jsonb not null default '[]',
    anchors jsonb not null default '[]',
    author_id uuid not null,
    author_kind text not null check (author_kind in ('human', 'repository', 'assistant', 'tool')),
    session_id uuid,
    deleted boolean not null default false,
    conflicted boolean not null default false,
    bodies text [] not null default '{}',
    heads text [] not null,
    version text not null,
    fingerprint text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (org_id, id),
    unique (org_id, project_id, id),
    foreign key (org_id, project_id) references contextfs.projects on delete cascade,
    foreign key (org_id, session_id) references contextfs.sessions (org_id, id) on delete set null (session_id)
);
create index memories_newest on contextfs.memories (org_id, project_id, created_at desc, id desc) where not deleted;
create index memories_type on contextfs.memories (org_id, project_id, type, created_at desc) where not deleted;
create index memories_session on contextfs.memories (org_id, session_id);
create index memories_fingerprint on contextfs.memories (org_id, project_id, fingerprint) where not deleted;

create table contextfs.revisions (
    org_id uuid not null,
    project_id uuid not null,
    memory_id uuid not null,
    id text not null,
    parents text [] not null,
    fields jsonb not null,
    author text not null,
    clock text not null,
    stored_at timestamptz not null,
    primary key (org_id, memory_id, id),
    foreign key (org_id, project_id, memory_id)
    references contextfs.memories (org_id, project_id, id) on delete cascade
);
create index revisions_memory on contextfs.revisions (org_id, project_id, memory_id);

-- The taxonomy: each kind of memory with the columns that are its own.
create view contextfs.memory_fact with (security_invoker = true) as
select
    org_id, project_id, id, title, content, metadata ->> 'key' as key, metadata ->> 'value' as value,
    confidence, valid_from, valid_to, tags, created_at, updated_at
from contextfs.memories where type = 'fact' and not deleted;

create view contextfs.memory_episodic with (security_invoker = true) as
select
    org_id, project_id, id, title, content, session_id, metadata ->> 'goal' as goal,
    metadata ->> 'outcome' as outcome, valid_from as happened_at, tags, created_at, updated_at
from contextfs.memories where type = 'episodic' and not deleted;

create view contextfs.memory_procedural with (security_invoker = true) as
select
    org_id, project_id, id, title, content, coalesce(metadata -> 'steps', '[]') as steps,
    confidence, tags, created_at, updated_at
from contextfs.memories where type = 'procedural' and not deleted;

create view contextfs.memory_user with (security_invoker = true) as
select
    org_id, project_id, id, title, content, author_id as user_id, metadata ->> 'key' as preference,
    confidence, tags, created_at, updated_at
from contextfs.memories where type = 'user' and not deleted;

create view contextfs.memory_decision with (security_invoker = true) as
select
    org_id, project_id, id, title, content, metadata ->> 'reason' as reason, session_id,
    confidence, tags, created_at, updated_at
from contextfs.memories where type = 'decision' and not deleted;
