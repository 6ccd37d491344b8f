-- SAML 2.0 beside OpenID Connect: the provider's metadata as text, the key pair by which it knows us, messages that were
-- used, and which of its sessions a login belongs to, so that the one ends with the other.

alter table contextfs.sso_settings
add column metadata_xml text,
add column idp_initiated boolean not null default false,
add column saml_certificate text,
add column saml_key text; -- sealed

create table contextfs.saml_messages (
    org_id uuid not null references contextfs.organizations on delete cascade,
    issuer text not null,
    id text not null,
    expires_at timestamptz not null,
    primary key (org_id, issuer, id)
);
create index saml_messages_age on contextfs.saml_messages (expires_at);

create table contextfs.saml_sessions (
    org_id uuid not null,
    login_id uuid not null,
    issuer text not null,
    name_id text not null,
    name jsonb not null,
    session_index text,
    primary key (org_id, login_id),
    foreign key (org_id, login_id) references contextfs.logins on delete cascade
);
create index saml_sessions_name on contextfs.saml_sessions (org_id, issuer, name_id);

do $$
declare
    own text;
begin
    foreach own in array array['saml_messages', 'saml_sessions'] loop
        execute format('alter table contextfs.%I enable row level security', own);
        execute format('alter table contextfs.%I force row level security', own);
        execute format(
            'create policy tenant on contextfs.%I to contextfs_app using (%s) with check (%2$s)', own,
            'org_id = (select contextfs.claim(''org_id'')::uuid)'
        );
        execute format('grant select, insert, update, delete on contextfs.%I to contextfs_app', own);
    end loop;
end
$$;
create policy expires on contextfs.saml_messages to contextfs_relay using (expires_at < now());
grant select (expires_at), delete on contextfs.saml_messages to contextfs_relay;
