-- name: composers
-- Every conversation of Cursor's editor.
select key, value from cursorDiskKV where key >= 'composerData:' and key < 'composerData;' and value is not null

-- name: composer
-- One of them.
select value from cursorDiskKV where key = 'composerData:' || :id and value is not null

-- name: tabs
-- The chats of versions that kept them in each workspace's own database.
select value from ItemTable where key = 'workbench.panel.aichat.view.aichat.chatdata' and value is not null

-- name: named
-- What in a workspace's database names its conversations.
select value from ItemTable
where value is not null and (
    key in ('composer.composerData', 'workbench.panel.aichat.view.aichat.chatdata')
    or (key >= 'workbench.panel.composerChatViewPane.' and key < 'workbench.panel.composerChatViewPane/')
)
