-- Summaries and entries of logs are packed as events and outputs are: the first byte says how (0 plain, 1 zstd, 2 zstd with the
-- words that every record has).
alter table summary rename to summary_2;
create table summary (
    execution integer primary key references execution (number) on delete cascade,
    body blob not null
) strict;
insert into summary (execution, body)
    select execution, cast(x'00' || body as blob) from summary_2;
drop table summary_2;

update log_entry set entry = cast(x'00' || entry as blob);
