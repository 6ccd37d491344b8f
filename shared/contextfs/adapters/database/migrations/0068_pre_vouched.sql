-- Who sets up a provider, or makes the token of a directory, vouches for it with what they may themselves: by it nobody
-- comes in, is changed, or is made, who may more. Null where it was set up before this was noted: it vouches for all.
alter table contextfs.sso_settings add column vouched text [];
alter table contextfs.scim_tokens add column vouched text [];
