-- Messages as they were read before, the oldest first. A message has this row's id for as long as it is there.
create table message_versions (
    message_id text not null,
    version integer not null,
    role text not null,
    kind text not null,
    content text not null,
    tool_calls text not null,
    model text,
    tokens integer,
    metadata text not null,
    created_at text not null,
    replaced_at text not null,
    primary key (message_id, version)
) without rowid;
