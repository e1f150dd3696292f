-- What a list filters and sorts by stands in columns of a narrow row of its own; the summary, which is the whole record, stands
-- beside it. Runs have a short number here. Events stand many to a row.
alter table execution rename to execution_1;
drop index execution_newest;
drop index execution_unfinished;
drop index execution_finished;

create table execution (
    number integer primary key,
    id text not null unique,
    -- Nanoseconds since 1970, so that the order is exact.
    created_at integer not null,
    -- The end of the id, which orders runs of one instant.
    tie text not null,
    revision integer not null,
    terminal integer not null,
    -- Empty until the columns behind it are filled from the summary.
    status text not null default '',
    kind text not null default '',
    name blob not null default x'',
    actor blob not null default x'',
    cause text not null default '',
    ticket blob,
    job blob,
    parent blob,
    retry_of blob,
    tool blob not null default x'',
    -- Nanoseconds since 1970; the least number of all for a time that is not there.
    started_at integer not null default -9223372036854775808,
    ended_at integer not null default -9223372036854775808,
    -- Microseconds; -1 for a duration that is not there.
    duration_us integer not null default -1,
    total_devices integer not null default 0,
    completed_devices integer not null default 0,
    failed_devices integer not null default 0,
    changed_devices integer not null default 0,
    unreachable_devices integer not null default 0,
    skipped_devices integer not null default 0,
    total_commands integer not null default 0,
    successful_commands integer not null default 0,
    failed_commands integer not null default 0,
    pinned integer not null default 0,
    dry_run integer not null default 0,
    archived integer not null default 0,
    incomplete integer not null default 0
) strict;

create table summary (
    execution integer primary key references execution (number) on delete cascade,
    body text not null
) strict;

insert into execution (id, created_at, tie, revision, terminal)
    select id, created_at, substr(id, 24), revision, terminal from execution_1 order by created_at, id;
insert into summary (execution, body)
    select execution.number, execution_1.summary from execution_1 join execution using (id);

create index execution_newest on execution (created_at, tie);
create index execution_finished on execution (created_at, tie) where terminal = 1;
create index execution_unfilled on execution (number) where status = '';
create index execution_status on execution (status, created_at, tie);
create index execution_kind on execution (kind, created_at, tie);
create index execution_name on execution (name, created_at, tie);
create index execution_actor on execution (actor, created_at, tie);
create index execution_cause on execution (cause, created_at, tie);
create index execution_tool on execution (tool, created_at, tie);
create index execution_ticket on execution (ticket, created_at, tie) where ticket is not null;
create index execution_job on execution (job, created_at, tie) where job is not null;
create index execution_parent on execution (parent, created_at, tie) where parent is not null;
create index execution_retry_of on execution (retry_of, created_at, tie) where retry_of is not null;
create index execution_ended on execution (ended_at, created_at, tie);
create index execution_duration on execution (duration_us, created_at, tie);
create index execution_pinned on execution (created_at, tie) where pinned = 1;
create index execution_dry_run on execution (created_at, tie) where dry_run = 1;
create index execution_archived on execution (created_at, tie) where archived = 1;
create index execution_incomplete on execution (created_at, tie) where incomplete = 1;
create index execution_failed on execution (created_at, tie) where failed_devices > 0;
create index execution_changed on execution (created_at, tie) where changed_devices > 0;
create index execution_unreachable on execution (created_at, tie) where unreachable_devices > 0;
create index execution_refused on execution (created_at, tie) where failed_commands > 0;

create table label (
    execution integer not null references execution (number) on delete cascade,
    key blob not null,
    value blob not null,
    created_at integer not null,
    tie text not null,
    primary key (execution, key)
) strict, without rowid;
create index label_of_value on label (key, value, created_at, tie);

-- Names and ids of devices, NUL in them replaced: they are for finding alone.
create table device (
    execution integer not null references execution (number) on delete cascade,
    name text not null,
    created_at integer not null,
    tie text not null,
    primary key (execution, name)
) strict, without rowid;
create index device_of_name on device (name, created_at, tie);

create table error_kind (
    execution integer not null references execution (number) on delete cascade,
    kind text not null,
    created_at integer not null,
    tie text not null,
    primary key (execution, kind)
) strict, without rowid;
create index error_kind_of_kind on error_kind (kind, created_at, tie);

-- Events from one number to another, one JSON to a line, packed: the first byte says how (0 plain, 1 zstd).
create table event_chunk (
    execution integer not null references execution (number) on delete cascade,
    first integer not null,
    last integer not null,
    -- Set when the last event ends the run.
    closed integer not null,
    body blob not null,
    primary key (execution, first)
) strict, without rowid;

insert into event_chunk (execution, first, last, closed, body)
    select execution.number, min(sequence), max(sequence),
        max(event.kind = 'execution_finished'),
        cast(x'00' || group_concat(event.body, x'0a' order by sequence) as blob)
    from event join execution on execution.id = event.execution_id
    group by execution.number, (sequence - 1) / 256;

-- The place is made of the device and the command. The bytes, packed, stand in the last columns, which are not read for a list.
create table run_output (
    number integer primary key,
    execution integer not null references execution (number) on delete cascade,
    place integer not null,
    summary text not null,
    parsed blob,
    bytes blob not null
) strict;

-- A place of 0 is looked for as well: it is that of outputs from before there were places.
insert into run_output (execution, place, summary, bytes)
    select execution.number, 0, output.summary, cast(x'00' || output.bytes as blob)
    from output join execution on execution.id = output.execution_id
    order by execution.number, output.position;
create index run_output_of_place on run_output (execution, place);

create table run_result (
    execution integer not null references execution (number) on delete cascade,
    device blob not null,
    body text not null,
    primary key (execution, device)
) strict, without rowid;

insert into run_result (execution, device, body)
    select execution.number, cast(device_result.device as blob), device_result.body
    from device_result join execution on execution.id = device_result.execution_id;

create table document (
    execution integer not null references execution (number) on delete cascade,
    name text not null,
    bytes blob not null,
    primary key (execution, name)
) strict, without rowid;

create table log_entry (
    log blob not null,
    number integer not null,
    entry blob not null,
    primary key (log, number)
) strict, without rowid;

drop table event;
drop table output;
drop table device_result;
drop table execution_1;
