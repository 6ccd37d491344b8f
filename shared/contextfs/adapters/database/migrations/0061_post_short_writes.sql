-- What short writes have taken the place of.

drop function contextfs.add_memory(jsonb, jsonb);
drop function contextfs.idle_sessions(timestamptz, timestamptz, uuid, integer);
drop index contextfs.sessions_open;
drop index contextfs.audit_log_chain;
