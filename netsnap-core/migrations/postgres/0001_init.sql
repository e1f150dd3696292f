-- One row per run. The summary is the whole record; the columns beside it are what is searched and compared.
-- Free text stands in bytea: text of PostgreSQL cannot hold NUL, and bytea sorts by its bytes.
create table execution (
    id text collate "C" not null primary key,
    -- Nanoseconds since 1970, so that the order is exact.
    created_at bigint not null,
    revision bigint not null,
    terminal bigint not null,
    summary text not null
);

create index execution_newest on execution (created_at, id);
create index execution_unfinished on execution (id) where terminal = 0;
create index execution_finished on execution (created_at, id) where terminal = 1;

create table event (
    execution_id text collate "C" not null references execution (id),
    sequence bigint not null,
    kind text not null,
    body text not null,
    primary key (execution_id, sequence)
);

create table output (
    execution_id text collate "C" not null references execution (id),
    position bigint not null,
    device bytea not null,
    command bytea not null,
    summary text not null,
    bytes bytea not null,
    primary key (execution_id, position)
);

create table device_result (
    execution_id text collate "C" not null references execution (id),
    device bytea not null,
    body text not null,
    primary key (execution_id, device)
);

create table record (
    collection text collate "C" not null,
    key bytea not null,
    value bytea not null,
    primary key (collection, key)
);

create table blob (
    digest bytea not null primary key,
    bytes bytea not null
);
