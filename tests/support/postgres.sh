# A throw-away PostgreSQL, reachable through a socket in its own folder, and only where TLS is tested through a port. Sourced, not run.

# Prints the newest folder of server programs, or fails.
postgres_programs() {
    local folder
    folder=$(printf '%s\n' /usr/lib/postgresql/*/bin/initdb | sort -V | tail -n 1)
    [ -x "$folder" ] || folder=$(command -v initdb) || return 1
    dirname "$folder"
}

# PostgreSQL refuses to run as root; root lends it the account that came with the package.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"; else "$@"; fi
}

# Makes two authorities, and a certificate of the first for localhost.
postgres_certificates() {
    local folder=$1 name
    local key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)
    for name in ours other; do
        openssl req -x509 "${key[@]}" -keyout "$folder/$name.key" -out "$folder/$name.pem" -days 2 -subj "/CN=$name" || return
    done
    openssl req "${key[@]}" -keyout "$folder/server.key" -out "$folder/server.csr" -subj /CN=localhost || return
    openssl x509 -req -in "$folder/server.csr" -CA "$folder/ours.pem" -CAkey "$folder/ours.key" -CAcreateserial -days 2 \
        -extfile <(echo subjectAltName=DNS:localhost) -out "$folder/server.pem" || return
    chmod 600 "$folder/server.key"
    [ "$(id -u)" != 0 ] || chown postgres "$folder/server.key" "$folder/server.pem"
}

# Prints a port of this machine that nobody listens on.
postgres_port() {
    local port
    for ((;;)); do
        port=$((20000 + RANDOM % 12000))
        (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || break
    done
    echo "$port"
}

# Starts a server and exports NETSNAP_TEST_POSTGRES; with PG_TLS=1 also what with-postgres says about it. Nothing of it outlives
# postgres_stop.
postgres_start() {
    PG_PROGRAMS=$(postgres_programs) || { echo "no PostgreSQL server here" >&2; return 1; }
    PG_FOLDER=$(mktemp -d /tmp/netsnap-postgres.XXXXXX)
    [ "$(id -u)" != 0 ] || chown postgres "$PG_FOLDER"
    local listen="-c listen_addresses="
    if [ -n "${PG_TLS:-}" ]; then
        PG_PORT=$(postgres_port)
        postgres_certificates "$PG_FOLDER" >"$PG_FOLDER.log" 2>&1 || { cat "$PG_FOLDER.log" >&2; postgres_stop; return 1; }
        listen="-c listen_addresses=127.0.0.1 -c port=$PG_PORT -c ssl=on -c ssl_cert_file=$PG_FOLDER/server.pem -c ssl_key_file=$PG_FOLDER/server.key"
    fi
    # Without fsync a crash of the machine costs the data, which nobody will miss, and the tests are several times faster.
    { (cd "$PG_FOLDER" &&
        as_postgres "$PG_PROGRAMS/initdb" -D "$PG_FOLDER/data" -U netsnap -A trust -E UTF8 --locale=C.UTF-8 -N --no-instructions &&
        as_postgres "$PG_PROGRAMS/pg_ctl" -D "$PG_FOLDER/data" -l "$PG_FOLDER/server.log" -w -t 60 \
            -o "-k $PG_FOLDER $listen -c fsync=off -c full_page_writes=off -c synchronous_commit=off" start) \
        >"$PG_FOLDER.log" 2>&1 </dev/null && rm -f "$PG_FOLDER.log"; } || {
        cat "$PG_FOLDER.log" "$PG_FOLDER/server.log" >&2 2>/dev/null
        rm -f "$PG_FOLDER.log"
        postgres_stop
        return 1
    }
    export NETSNAP_TEST_POSTGRES="postgres://netsnap@localhost${PG_PORT:+:$PG_PORT}/postgres?host=$PG_FOLDER"
    [ -n "${PG_TLS:-}" ] || return 0
    export NETSNAP_TEST_POSTGRES_TLS="postgres://netsnap@localhost:$PG_PORT/postgres" NETSNAP_TEST_AUTHORITIES=$PG_FOLDER
}

postgres_stop() {
    [ -n "${PG_FOLDER:-}" ] || return 0
    if [ -e "$PG_FOLDER/data/postmaster.pid" ]; then
        (cd / && as_postgres "$PG_PROGRAMS/pg_ctl" -D "$PG_FOLDER/data" -m immediate -w stop) >/dev/null 2>&1 || true
    fi
    rm -rf "$PG_FOLDER"
    unset PG_FOLDER NETSNAP_TEST_POSTGRES
}

# Asks the server one thing, the way a client would.
postgres_answers() {
    local answer
    answer=$("$PG_PROGRAMS/psql" "$NETSNAP_TEST_POSTGRES" -X -At -c 'select 1') || return 1
    [ "$answer" = 1 ] || { echo "PostgreSQL says '$answer' where 1 was expected" >&2; return 1; }
    echo "PostgreSQL answers on $NETSNAP_TEST_POSTGRES"
}
