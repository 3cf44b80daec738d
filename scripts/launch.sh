# Sourced by environment.sh: starts Strider once it is built.

classpath() {
    printf '%s' "$project/target/strider.jar:$project/target/strider-faces.jar"
    printf '%s' ":$project/target/strider-golden.jar:$project/target/lib/*"
}

# archive_classes JAVA CLASSPATH ARCHIVE: the classes of a server that has embedded a picture, parsed and
# checked, for later processes to map: they are ready in half the time. An archive fits its JVM and its jars;
# others do without.
archive_classes() {
    local java=$1 classpath=$2 archive=$3
    local log=$project/target/archive.log process address
    local picture=$project/src/main/resources/io/strider/cli/photographs/astronaut-face.png
    rm -f "$archive"
    : >"$log"
    "$java" @"$project/scripts/jvm.options" -XX:+UseSerialGC -XX:ArchiveClassesAtExit="$archive.new" \
        -cp "$classpath" io.strider.cli.Strider serve --port 0 >>"$log" 2>&1 </dev/null &
    process=$!
    address=$(await_address "$log" "$process")
    if [ -n "$address" ] && command -v curl >/dev/null; then
        curl -s -m 20 -o "$project/target/archive.json" -H Content-Type:image/png --data-binary @"$picture" \
            "$address/embed" || true
    fi
    kill -TERM "$process" 2>/dev/null || true
    if wait "$process" && [ -e "$archive.new" ]; then
        mv -f "$archive.new" "$archive" # whole or not at all
    fi
    rm -f "$archive.new"
}

# run_strider ARGUMENT…: the command line, in place of this process.
run_strider() {
    # Options of the JVM come first from STRIDER_JAVA_OPTIONS, split at blanks as is usual for such.
    local options=(@"$project/scripts/jvm.options")
    # Garbage is but what pictures are decoded through: a small young generation keeps the process
    # small and its memory in the caches. A server has many callers' garbage: the JVM chooses for it.
    case "${1:-} ${STRIDER_JAVA_OPTIONS:-}" in
        serve\ * | *GC*) ;; # two collectors would be refused
        *) options+=(-XX:+UseSerialGC -Xmn24m) ;;
    esac
    if [ -e "$project/target/strider.jsa" ]; then
        options+=(-XX:SharedArchiveFile="$project/target/strider.jsa")
    fi
    # shellcheck disable=SC2086
    exec "$JAVA_HOME/bin/java" "${options[@]}" ${STRIDER_JAVA_OPTIONS:-} -cp "$(classpath)" \
        io.strider.cli.Strider "$@"
}

# await_address LOG PROCESS: prints where a server says in its log that it serves; nothing if it ends, or is
# silent for a minute.
await_address() {
    local i address=
    for ((i = 0; i < 600; i++)); do
        address=$(sed -n 's|.*serving .* on \(http[^ ]*\).*|\1|p' "$1" | head -n 1)
        [ -z "$address" ] && kill -0 "$2" 2>/dev/null || break
        sleep 0.1
    done
    printf '%s' "$address"
}

# start_server LOG ARGUMENT…: strider serve on a free port, and waits until it serves; its process is then
# $server and its address $STRIDER_SERVER. end_server ends it and requires that it ends well.
start_server() {
    local log=$1
    shift
    : >"$log" # or the address of an earlier run might be read from it
    "$project/scripts/strider" serve --port 0 "$@" >>"$log" 2>&1 </dev/null &
    server=$!
    trap 'kill "$server" 2>/dev/null || true' EXIT
    STRIDER_SERVER=$(await_address "$log" "$server")
    if [ -z "$STRIDER_SERVER" ]; then
        cat "$log" >&2
        fail "the server did not say within a minute that it serves, see above"
    fi
    export STRIDER_SERVER
}

end_server() {
    local code=0
    kill -TERM "$server"
    wait "$server" || code=$?
    trap - EXIT
    [ "$code" = 0 ] || fail "the server ended with $code after SIGTERM (expected: 0)"
}
