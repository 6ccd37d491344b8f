-- An entry that its destination refuses does not hold up what follows: it is skipped, which is told and counted. When a
-- stream was set names what is sent since: what is sent again by a backfill is no repetition to whom it is sent.

alter table contextfs.audit_streams
    add column set_at timestamptz not null default now(),
    add column refused bigint,
    add column skipped bigint not null default 0,
    add column last_skipped bigint;
