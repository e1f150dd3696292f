-- One row per run. The summary is the whole record; the columns beside it are what is searched and compared.
create table execution (
    id text not null primary key,
    -- Nanoseconds since 1970, so that the order is exact.
    created_at integer not null,
    revision integer not null,
    terminal integer not null,
    summary text not null
) strict;

create index execution_newest on execution (created_at, id);
create index execution_unfinished on execution (id) where terminal = 0;
create index execution_finished on execution (created_at, id) where terminal = 1;

create table event (
    execution_id text not null references execution (id),
    sequence integer not null,
    kind text not null,
    body text not null,
    primary key (execution_id, sequence)
) strict, without rowid;

-- The bytes stand in the last column, which SQLite does not read for a list.
create table output (
    execution_id text not null references execution (id),
    position integer not null,
    device text not null,
    command text not null,
    summary text not null,
    bytes blob not null,
    primary key (execution_id, position)
) strict;

create index output_of_command on output (execution_id, device, command, position);

create table device_result (
    execution_id text not null references execution (id),
    device text not null,
    body text not null,
    primary key (execution_id, device)
) strict, without rowid;

-- Keys are bytes, so that any text is kept and sorts by its bytes.
create table record (
    collection text not null,
    key blob not null,
    value blob not null,
    primary key (collection, key)
) strict, without rowid;

create table blob (
    digest blob not null primary key,
    bytes blob not null
) strict;
