-- Vectors have left the passages: nothing writes them there any more.

drop trigger take_over_vector on contextfs.passages;
drop function contextfs.take_over_vector();
alter table contextfs.passages drop column embedding, drop column embedding_model, drop column said;
