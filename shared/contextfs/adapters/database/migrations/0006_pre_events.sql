-- Events: written to `outbox` with the fact they tell of, carried to `deliveries` (one row a consumer), and taken
-- once: `consumed_events` is written in the same transaction as the effect. What keeps failing waits in `dead_letters`.

create table contextfs.outbox (
    org_id uuid not null,
    id uuid not null,
    project_id uuid,
    type text not null,
    subject uuid not null,
    time timestamptz not null,
    actor text not null,
    reader uuid not null,
    data jsonb not null,
    attempts integer not null default 0,
    locked_until timestamptz,
    primary key (org_id, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
create index outbox_order on contextfs.outbox (time, id);

create table contextfs.deliveries (
    org_id uuid not null,
    consumer text not null,
    event_id uuid not null,
    event jsonb not null,
    run_at timestamptz not null,
    attempts integer not null default 0,
    locked_until timestamptz,
    primary key (org_id, consumer, event_id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.01);
create index deliveries_due on contextfs.deliveries (consumer, run_at, event_id);

create table contextfs.consumed_events (
    org_id uuid not null,
    consumer text not null,
    event_id uuid not null,
    consumed_at timestamptz not null,
    primary key (org_id, consumer, event_id)
);
create index consumed_events_age on contextfs.consumed_events (consumed_at);

create table contextfs.dead_letters (
    org_id uuid not null,
    id uuid not null,
    consumer text not null,
    event_id uuid not null,
    event jsonb not null,
    error text not null,
    attempts integer not null,
    failed_at timestamptz not null,
    replayed_at timestamptz,
    primary key (org_id, id),
    unique (org_id, consumer, event_id)
);
create index dead_letters_newest on contextfs.dead_letters (org_id, failed_at desc, id desc);
