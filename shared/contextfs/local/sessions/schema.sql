-- Sessions and their messages. A message is immutable; its place in its session is (created_at, id). Times are RFC 3339
-- in UTC with six decimals, so that texts sort as the times do; lists and objects are JSON.

create table sessions (
    id text primary key,
    tool text not null,
    external_id text,
    title text,
    status text not null default 'open',
    user_id text,
    model text,
    remote text,
    branch text,
    commit_id text,
    cwd text,
    message_count integer not null default 0,
    input_tokens integer not null default 0,
    output_tokens integer not null default 0,
    sensitivity text,
    tags text not null default '[]',
    annotations text not null default '{}',
    metadata text not null default '{}',
    started_at text not null,
    ended_at text,
    created_at text not null,
    updated_at text not null,
    -- Who may see it, where somebody said so; where this is null the rules of the settings decide.
    chosen text,
    -- Whether something of it was captured here; what only came from a server is not sent back.
    own integer not null default 1,
    -- How many of its messages memories were learned from.
    learned integer not null default 0,
    -- How often it changed; and who may see it with the number of that change, as the server was told last.
    version integer not null default 0,
    told text
) without rowid;
create unique index sessions_external on sessions (tool, external_id) where external_id is not null;
create index sessions_newest on sessions (started_at desc, id desc);

create table messages (
    id text primary key,
    session_id text not null,
    external_id text,
    role text not null,
    kind text not null,
    content text not null,
    tool_calls text not null default '[]',
    model text,
    tokens integer,
    metadata text not null default '{}',
    created_at text not null,
    sent integer not null default 0
);
create unique index messages_external on messages (session_id, external_id) where external_id is not null;
create index messages_order on messages (session_id, created_at, id);
create index messages_unsent on messages (session_id) where sent = 0;

-- Sessions that search has not looked at since they grew, or went.
create table dirty_sessions (session_id text primary key) without rowid;

-- Sessions that the server would not take, and why: they stay here, and are sent again when they change.
create table refused_sessions (session_id text primary key, reason text not null) without rowid;
