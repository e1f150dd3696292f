-- Summaries and entries of logs are packed as events and outputs are: the first byte says how (0 plain, 1 zstd, 2 zstd with the
-- words that every record has).
alter table summary alter column body type bytea using '\x00'::bytea || convert_to(body, 'UTF8');

update log_entry set entry = '\x00'::bytea || entry;
