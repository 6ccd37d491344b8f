-- All code that runs now names who vouches for a provider.
drop trigger vouching_1_noted on contextfs.sso_settings;
drop trigger vouching_2_missed on contextfs.sso_settings;
drop function contextfs.note_vouching();
drop function contextfs.vouch_for_nothing();
