-- name: composers
-- Every conversation of the editor.
select key, value from cursorDiskKV where key >= 'composerData:' and key < 'composerData;' and value is not null
order by key

-- name: bubbles
-- The messages of one conversation, those among them that were edited away included.
select key, value from cursorDiskKV where key >= 'bubbleId:' || :id || ':' and key < 'bubbleId:' || :id || ';'
and value is not null

-- name: tabs
-- The chats of versions that kept them in each workspace's own database.
select key, value from ItemTable where key = 'workbench.panel.aichat.view.aichat.chatdata' and value is not null

-- name: kept_keys
-- The rows of conversations and their messages that are kept.
select key, value from cursorDiskKV
where (key >= 'composerData:' and key < 'composerData;') or (key >= 'bubbleId:' and key < 'bubbleId;')

-- name: kept_items
-- The rows of older chats that are kept.
select key, value from ItemTable where key = 'workbench.panel.aichat.view.aichat.chatdata'

-- name: about
-- What an agent's chat is, in the row `0`.
select key, value from meta order by key

-- name: blob
-- One blob of a chat.
select data from blobs where id = :id

-- name: kept_about
-- The rows that say what a chat is.
select key, value from meta
