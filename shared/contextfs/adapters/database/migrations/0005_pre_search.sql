-- Passages: searchable chunks of memories and sessions, a projection that can be dropped and built again.
-- `terms` are tenant-salted hashes (candidates by GIN); `weights` are BM25 term weights by unsalted hash, scored
-- by the inner product with the query's idf vector; `embedding` is null until the embedder has come by.
-- What a search filters by stands first: Postgres reads a row's columns up to the last one that it needs.

create table contextfs.passages (
    org_id uuid not null,
    project_id uuid not null,
    id uuid not null,
    author_id uuid not null,
    visibility text not null,
    occurred_at timestamptz not null,
    expires_at timestamptz,
    source text not null check (source in ('memory', 'message')),
    source_id uuid not null,
    session_id uuid,
    memory_id uuid,
    type text not null,
    tool text,
    branch text,
    trust real not null,
    pinned boolean not null default false,
    ordinal integer not null,
    starts integer not null,
    ends integer not null,
    tags text [] not null default '{}',
    terms integer [] not null,
    weights sparsevec(1000000000) not null,
    embedding halfvec(384),
    embedding_model text,
    context text not null,
    body text not null,
    primary key (org_id, id),
    unique (org_id, source_id, ordinal),
    check ((source = 'memory') = (memory_id is not null)),
    check ((source = 'message') = (session_id is not null)),
    foreign key (org_id, project_id, session_id)
    references contextfs.sessions (org_id, project_id, id) on delete cascade,
    foreign key (org_id, project_id, memory_id)
    references contextfs.memories (org_id, project_id, id) on delete cascade
) with (toast_tuple_target = 4080);
create index passages_project on contextfs.passages (org_id, project_id) include (visibility, author_id, expires_at);
create index passages_terms on contextfs.passages using gin (terms);
create index passages_session on contextfs.passages (org_id, project_id, session_id);
create index passages_memory on contextfs.passages (org_id, project_id, memory_id);
create index passages_waiting on contextfs.passages (org_id, project_id, id) where embedding is null;
