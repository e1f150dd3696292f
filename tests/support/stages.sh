# Stages of a run: each is timed, held against its budget and counted. Sourced, not run.
#
# STAGE_LOGS must name a folder for what the stages print.

STAGE_LINES=()
FAILED_STAGES=()
SKIPS=()
PASSED=0 FAILED=0 SKIPPED=0

# stage NAME BUDGET COMMAND...: runs it and shows what it prints. A budget is in seconds; going over it is said, not punished:
# a busy machine is no defect.
stage() {
    local name=$1 budget=$2 start=$SECONDS status line
    shift 2
    mkdir -p "$STAGE_LOGS"
    echo "== stage $name: $*"
    set +e
    "$@" 2>&1 </dev/null | tee "$STAGE_LOGS/$name.log"
    status=${PIPESTATUS[0]}
    set -e
    line="== stage $name: $((SECONDS - start)) s (budget $budget s)"
    ((SECONDS - start <= budget)) || line+=', over budget'
    [ "$status" = 0 ] || { line+=", FAILED with status $status"; FAILED_STAGES+=("$name"); }
    echo "$line"
    STAGE_LINES+=("$line")
    count "$STAGE_LOGS/$name.log"
    note_skipped "$name" "$STAGE_LOGS/$name.log"
}

# skip WHAT WHY: something that was asked for and cannot be done here. Listed at the end; a failure in CI.
skip() { echo "== skipped $1: $2"; SKIPS+=("$1: $2"); }

# Adds up the closing lines of cargo test, pytest and node's test runner.
count() {
    local passed failed skipped
    read -r passed failed skipped < <(awk '
        /^test result: /       { p += $4; f += $6; s += $8 }
        /^=+ .* in [0-9.:() hms]+s.* =+$/ {
            for (i = 2; i <= NF; i++) {
                if ($i ~ /^passed/) p += $(i - 1)
                if ($i ~ /^(failed|errors?)/) f += $(i - 1)
                if ($i ~ /^(skipped|xfailed)/) s += $(i - 1)
            }
        }
        /^(#|ℹ) pass [0-9]+$/    { p += $3 }
        /^(#|ℹ) fail [0-9]+$/    { f += $3 }
        /^(#|ℹ) skipped [0-9]+$/ { s += $3 }
        END { print p + 0, f + 0, s + 0 }' "$1")
    PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed)) SKIPPED=$((SKIPPED + skipped))
}

# Lists the tests that said that they could not run, each reason once.
note_skipped() {
    local line
    while read -r line; do skip "$1" "$line"; done < <(sed -nE '
        s/^skipped: //p
        s/^SKIPPED \[[0-9]+\] //p
        s/^ *﹣ (.*) \([0-9.]+ms\) # (.*)$/\1: \2/p' "$2" | sort -u)
}

# Prints what happened and returns whether all of it was well.
summary() {
    local line status=0
    echo
    for line in "${STAGE_LINES[@]}"; do echo "$line"; done
    for line in "${SKIPS[@]}"; do echo "== skipped $line"; done
    if [ ${#FAILED_STAGES[@]} -gt 0 ]; then
        echo "== failed: ${FAILED_STAGES[*]}"
        status=1
    fi
    if [ ${#SKIPS[@]} -gt 0 ] && [ "${CI:-}" = true ]; then
        echo "== failed: in CI nothing may be skipped"
        status=1
    fi
    return $status
}
