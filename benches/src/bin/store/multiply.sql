-- Runs that the store recorded become many: sets of copies, each so many seconds later than the one before.
begin;
set local synchronous_commit = off;
set local work_mem = '256MB';

create temporary table step on commit drop as
    select step, step * (select max(number) from execution) as numbers,
        step * {seconds}::bigint * 1000000000 as nanoseconds
    from generate_series(1, {sets}) as step;

create temporary table copy on commit drop as
    select execution.*, step.nanoseconds, step.numbers from execution cross join step;
update copy set
    number = number + numbers,
    created_at = created_at + nanoseconds,
    started_at = started_at + nanoseconds,
    ended_at = ended_at + nanoseconds,
    id = 'exec_' || to_char(to_timestamp((created_at + nanoseconds) / 1000000000) at time zone 'UTC', 'YYYY-MM-DD_HH24MISS')
        || substr(id, 23);

create temporary table origin on commit drop as select number, number - numbers as origin from copy;
alter table copy drop column numbers, drop column nanoseconds;
insert into execution overriding system value select * from copy;

-- The first byte says that the summary is not compressed.
insert into summary (execution, body)
    select copy.number, '\x00'::bytea || convert_to((body.body || jsonb_build_object(
        'execution_id', copy.id,
        'timestamp', to_timestamp(copy.created_at / 1000000000),
        'started_at', to_timestamp(copy.started_at / 1000000000),
        'ended_at', to_timestamp(copy.ended_at / 1000000000)
    ))::text, 'UTF8')
    from copy join origin using (number) join execution on execution.number = origin.origin
        join body on body.body ->> 'execution_id' = execution.id;
drop table body;

insert into label (execution, key, value, created_at, tie)
    select execution + numbers, key, value, created_at + nanoseconds, tie from label cross join step;
insert into device (execution, name, created_at, tie)
    select execution + numbers, name, created_at + nanoseconds, tie from device cross join step;

select setval(pg_get_serial_sequence('execution', 'number'), (select max(number) from execution));
commit;
