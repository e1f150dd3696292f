-- What a list filters and sorts by stands in columns of a narrow row of its own; the summary, which is the whole record, stands
-- beside it. Runs have a short number here. Events stand many to a row.
alter table execution rename to execution_1;
alter index execution_pkey rename to execution_1_pkey;
drop index execution_newest;
drop index execution_unfinished;
drop index execution_finished;

create table execution (
    number bigint generated always as identity primary key,
    id text collate "C" not null unique,
    -- Nanoseconds since 1970, so that the order is exact.
    created_at bigint not null,
    -- The end of the id, which orders runs of one instant.
    tie text collate "C" not null,
    revision bigint not null,
    terminal bigint not null,
    -- Empty until the columns behind it are filled from the summary.
    status text collate "C" not null default '',
    kind text collate "C" not null default '',
    name bytea not null default '',
    actor bytea not null default '',
    cause text collate "C" not null default '',
    ticket bytea,
    job bytea,
    parent bytea,
    retry_of bytea,
    tool bytea not null default '',
    -- Nanoseconds since 1970; the least number of all for a time that is not there.
    started_at bigint not null default -9223372036854775808,
    ended_at bigint not null default -9223372036854775808,
    -- Microseconds; -1 for a duration that is not there.
    duration_us bigint not null default -1,
    total_devices bigint not null default 0,
    completed_devices bigint not null default 0,
    failed_devices bigint not null default 0,
    changed_devices bigint not null default 0,
    unreachable_devices bigint not null default 0,
    skipped_devices bigint not null default 0,
    total_commands bigint not null default 0,
    successful_commands bigint not null default 0,
    failed_commands bigint not null default 0,
    pinned bigint not null default 0,
    dry_run bigint not null default 0,
    archived bigint not null default 0,
    incomplete bigint not null default 0
);

create table summary (
    execution bigint primary key references execution (number) on delete cascade,
    body text not null
);

insert into execution (id, created_at, tie, revision, terminal)
    select id, created_at, substr(id, 24), revision, terminal from execution_1 order by created_at, id;
insert into summary (execution, body)
    select execution.number, execution_1.summary from execution_1 join execution using (id);

create index execution_newest on execution (created_at, tie);
create index execution_finished on execution (created_at, tie) where terminal = 1;
create index execution_unfilled on execution (number) where status = '';
create index execution_status on execution (status, created_at, tie);
create index execution_kind on execution (kind, created_at, tie);
-- Of text of any length an index holds the beginning: it has no room for more.
create index execution_name on execution (substr(name, 1, 600), created_at, tie);
create index execution_actor on execution (substr(actor, 1, 600), created_at, tie);
create index execution_cause on execution (cause, created_at, tie);
create index execution_tool on execution (substr(tool, 1, 600), created_at, tie);
create index execution_ticket on execution (substr(ticket, 1, 600), created_at, tie) where ticket is not null;
create index execution_job on execution (substr(job, 1, 600), created_at, tie) where job is not null;
create index execution_parent on execution (substr(parent, 1, 600), created_at, tie) where parent is not null;
create index execution_retry_of on execution (substr(retry_of, 1, 600), created_at, tie) where retry_of is not null;
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
    execution bigint not null references execution (number) on delete cascade,
    key bytea not null,
    value bytea not null,
    created_at bigint not null,
    tie text collate "C" not null
);
create index label_of_run on label (execution);
create index label_of_value on label (substr(key, 1, 600), substr(value, 1, 600), created_at, tie);

-- Names and ids of devices, NUL in them replaced: they are for finding alone.
create table device (
    execution bigint not null references execution (number) on delete cascade,
    name text collate "C" not null,
    created_at bigint not null,
    tie text collate "C" not null
);
create index device_of_run on device (execution);
create index device_of_name on device (substr(name, 1, 600), created_at, tie);

create table error_kind (
    execution bigint not null references execution (number) on delete cascade,
    kind text collate "C" not null,
    created_at bigint not null,
    tie text collate "C" not null,
    primary key (execution, kind)
);
create index error_kind_of_kind on error_kind (kind, created_at, tie);

-- Events from one number to another, one JSON to a line, packed: the first byte says how (0 plain, 1 zstd).
create table event_chunk (
    execution bigint not null references execution (number) on delete cascade,
    first bigint not null,
    last bigint not null,
    -- Set when the last event ends the run.
    closed bigint not null,
    body bytea not null,
    primary key (execution, first)
);

insert into event_chunk (execution, first, last, closed, body)
    select execution.number, min(sequence), max(sequence),
        max((event.kind = 'execution_finished')::int),
        '\x00'::bytea || convert_to(string_agg(event.body, E'\n' order by sequence), 'UTF8')
    from event join execution on execution.id = event.execution_id
    group by execution.number, (sequence - 1) / 256;

-- The place is made of the device and the command. The bytes, packed, stand in the last columns, which are not read for a list.
create table run_output (
    number bigint generated always as identity primary key,
    execution bigint not null references execution (number) on delete cascade,
    place bigint not null,
    summary text not null,
    parsed bytea,
    bytes bytea not null
);

-- A place of 0 is looked for as well: it is that of outputs from before there were places.
insert into run_output (execution, place, summary, bytes)
    select execution.number, 0, output.summary, '\x00'::bytea || output.bytes
    from output join execution on execution.id = output.execution_id
    order by execution.number, output.position;
create index run_output_of_place on run_output (execution, place);

create table run_result (
    execution bigint not null references execution (number) on delete cascade,
    device bytea not null,
    body text not null,
    primary key (execution, device)
);

insert into run_result (execution, device, body)
    select execution.number, device_result.device, device_result.body
    from device_result join execution on execution.id = device_result.execution_id;

create table document (
    execution bigint not null references execution (number) on delete cascade,
    name text collate "C" not null,
    bytes bytea not null,
    primary key (execution, name)
);

create table log_entry (
    log bytea not null,
    number bigint not null,
    entry bytea not null,
    primary key (log, number)
);

drop table event;
drop table output;
drop table device_result;
drop table execution_1;
