-- Tasks and bytes of a run, by which lists filter and sort, too.
alter table execution add column ok_tasks bigint not null default 0;
alter table execution add column changed_tasks bigint not null default 0;
alter table execution add column unreachable_tasks bigint not null default 0;
alter table execution add column failed_tasks bigint not null default 0;
alter table execution add column skipped_tasks bigint not null default 0;
alter table execution add column rescued_tasks bigint not null default 0;
alter table execution add column ignored_tasks bigint not null default 0;
-- Below 0 until the columns above and behind are filled from the summary.
alter table execution add column bytes_in bigint not null default -1;
alter table execution add column bytes_out bigint not null default 0;

create index execution_uncounted on execution (number) where bytes_in < 0;
create index execution_changed_tasks on execution (created_at, tie) where changed_tasks > 0;
create index execution_unreachable_tasks on execution (created_at, tie) where unreachable_tasks > 0;
create index execution_failed_tasks on execution (created_at, tie) where failed_tasks > 0;
create index execution_rescued_tasks on execution (created_at, tie) where rescued_tasks > 0;
create index execution_ignored_tasks on execution (created_at, tie) where ignored_tasks > 0;
