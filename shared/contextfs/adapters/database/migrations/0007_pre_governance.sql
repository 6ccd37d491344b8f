-- What is kept about calls: who did what (audit), what it used (usage), and replies that must not happen twice.

create table contextfs.audit_log (
    org_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    actor_id uuid not null,
    actor text not null,
    action text not null,
    project_id uuid,
    subject uuid,
    request_id text not null,
    details jsonb not null default '{}',
    primary key (org_id, id)
);
create index audit_log_newest on contextfs.audit_log (org_id, at desc, id desc);

create table contextfs.usage_records (
    org_id uuid not null,
    id uuid not null,
    at timestamptz not null,
    actor_id uuid not null,
    project_id uuid,
    meter text not null,
    quantity bigint not null,
    request_id text not null,
    primary key (org_id, id)
);
create index usage_records_newest on contextfs.usage_records (org_id, at desc);

create table contextfs.idempotency_keys (
    org_id uuid not null,
    actor_id uuid not null,
    key text not null,
    request_hash bytea not null,
    status integer,
    headers jsonb,
    body bytea,
    created_at timestamptz not null,
    primary key (org_id, actor_id, key)
);
create index idempotency_keys_age on contextfs.idempotency_keys (created_at);
