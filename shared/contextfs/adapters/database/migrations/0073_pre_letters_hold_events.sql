-- An event that is a dead letter can be sent again, to all of its consumers: for as long as it is one, those that took it are
-- remembered to have done so. So who forgets old ones has to see which events they were.
grant select (org_id, event_id) on contextfs.consumed_events to contextfs_relay;
