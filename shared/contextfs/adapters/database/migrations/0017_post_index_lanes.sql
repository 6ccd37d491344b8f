-- Memories and sessions are indexed by two triggers: what waits for the one that did both waits for its own.

alter table contextfs.deliveries no force row level security;
alter table contextfs.dead_letters no force row level security;

update contextfs.deliveries
set consumer = case when event ->> 'type' like 'memory.%' then 'triggers.index_memory' else 'triggers.index_session' end
where consumer = 'triggers.index';

update contextfs.dead_letters
set consumer = case when event ->> 'type' like 'memory.%' then 'triggers.index_memory' else 'triggers.index_session' end
where consumer = 'triggers.index';

alter table contextfs.deliveries force row level security;
alter table contextfs.dead_letters force row level security;
