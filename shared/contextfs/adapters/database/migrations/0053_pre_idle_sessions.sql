-- Sessions that nobody completes (a program was killed, a laptop was closed) are completed when nothing came to them for a
-- while. Who looks for them sees of open ones whose they are and when they changed, and nothing of what was said.

create index sessions_open on contextfs.sessions (updated_at, id) where status = 'open';
create policy idles on contextfs.sessions for select to contextfs_relay using (status = 'open');
grant select (org_id, project_id, id, status, created_by, updated_at) on contextfs.sessions to contextfs_relay;
