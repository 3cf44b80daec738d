# Sourced by the scripts beside it: finds what they need, and installs what is missing where it may.
# Nothing happens until one of the functions is called.

project=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
needed_jdk=25.0.3

. "$project/scripts/launch.sh"

say() { printf 'strider: %s\n' "$*" >&2; }

fail() {
    say "$@"
    exit 1
}

# jdk_version FOLDER: the version of the JDK there, or nothing if there is none.
jdk_version() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
    if [ -r "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9.]*\).*"/\1/p' "$1/release"
    else
        "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9.]*\).*/\1/p' | head -n 1
    fi
}

# Sets JAVA_HOME to the first JDK that is new enough: JAVA_HOME itself, the PATH's, /usr/lib/jvm/*.
use_jdk() {
    local candidates=() seen='' candidate version
    [ -n "${JAVA_HOME:-}" ] && candidates+=("$JAVA_HOME")
    if candidate=$(command -v javac); then
        candidates+=("$(dirname "$(dirname "$(readlink -f "$candidate")")")")
    fi
    for candidate in /usr/lib/jvm/*; do
        [ -d "$candidate" ] && [ ! -L "$candidate" ] && candidates+=("$candidate")
    done
    for candidate in "${candidates[@]}"; do
        [[ "$seen; " != *"; $candidate: "* ]] || continue
        version=$(jdk_version "$candidate")
        if [ -z "$version" ]; then
            seen+="; $candidate: no JDK"
        elif [ "$(printf '%s\n' "$needed_jdk" "$version" | sort -V | head -n 1)" = "$needed_jdk" ]; then
            export JAVA_HOME=$candidate
            return 0
        else
            seen+="; $candidate: $version"
        fi
    done
    fail "needs a JDK of at least $needed_jdk${seen:+ (seen: ${seen#; })}; install one, for example" \
        "Temurin's package temurin-25-jdk from https://adoptium.net/installation/linux, or set JAVA_HOME"
}

# as_root COMMAND…: runs it as root if that takes no password.
as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    else
        command -v sudo >/dev/null && sudo -n "$@"
    fi
}

# install_package NAME: with apt, if it is there and we may.
install_package() {
    command -v apt-get >/dev/null || return 1
    say "installing $1"
    {
        as_root env DEBIAN_FRONTEND=noninteractive apt-get update -q \
            && as_root env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y -q --no-install-recommends "$1"
    } >/dev/null 2>&1
}

use_maven() {
    command -v mvn >/dev/null || install_package maven \
        || fail "needs Maven 3.8 or newer; install it, for example: apt-get install maven"
}

has_openblas() {
    [ -n "${STRIDER_OPENBLAS_LIBRARY:-}" ] && return 0
    local folder
    for folder in /usr/lib/*-linux-gnu /usr/lib/*-linux-gnu/openblas-* /usr/lib64 /usr/lib /usr/local/lib; do
        [ -e "$folder/libopenblas.so.0" ] && return 0
    done
    ldconfig -p 2>/dev/null | grep -q 'libopenblas\.so\.0'
}

# The system's OpenBLAS. Without it the build's own copy (org.bytedeco:openblas) serves.
use_openblas() {
    has_openblas || install_package libopenblas0-pthread \
        || say "no libopenblas.so.0 on this system and none could be installed; using the copy of" \
            "org.bytedeco:openblas (for the system's: apt-get install libopenblas0-pthread)"
}

# ONNX's own test data; without it the tests that need it are skipped.
use_onnx_test_data() {
    [ -d /usr/share/libonnx-testdata/data/node ] || install_package libonnx-testdata \
        || say "no ONNX test data on this system and none could be installed; its tests are skipped" \
            "(to install it: apt-get install libonnx-testdata)"
}

# A browser without a window for the tests of the server's page, as STRIDER_CHROMIUM; false if there is none.
use_chromium() {
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null \
        || command -v google-chrome >/dev/null || install_package chromium || return 1
    STRIDER_CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome) \
        && export STRIDER_CHROMIUM
}

# Node 18 or newer with npm; false if there is none.
use_node() {
    command -v npm >/dev/null || return 1
    node --version | awk -F '[v.]' '{ exit !($2 >= 18) }'
}

maven() {
    mvn -B -ntp -f "$project/pom.xml" "$@"
}

# Builds the jars and the folder of libraries beside them, unless they are newer than the sources.
build() {
    local jar=$project/target/strider.jar
    if [ -e "$jar" ] && [ -e "$project/target/strider-golden.jar" ] \
        && [ -e "$project/target/strider-faces.jar" ] && [ -d "$project/target/lib" ] \
        && [ -z "$(find "$project/src/main" "$project/pom.xml" -newer "$jar" -print -quit)" ]; then
        return 0
    fi
    use_maven
    mkdir -p "$project/target"
    (
        flock 9 # two commands at once: the second waits and finds the work done or does it again
        say "building (once; the first time Maven fetches what it needs)"
        if ! maven -q package -DskipTests -Djacoco.skip >"$project/target/build.log" 2>&1; then
            grep '^\[ERROR\]' "$project/target/build.log" | head -n 20 >&2
            fail "the build failed; all it said is in target/build.log"
        fi
        archive_classes "$JAVA_HOME/bin/java" "$(classpath)" "$project/target/strider.jsa" 9>&-
    ) 9>"$project/target/build.lock" || exit 1
}
