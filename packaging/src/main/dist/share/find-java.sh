# Sourced by the launchers, packaging/verify and packaging/quickstart: sets `java_home` to a Java of version 25 or newer.
# JAVA_HOME comes first, then the usual places. Versions are read from each JDK's own `release` file, so that nothing is started.

# Prints the major version of the Java at $1; nothing if there is none.
java_major() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Succeeds if $1 holds a Java that is new enough and, where $2 is `javac`, can compile.
java_serves() {
    major=$(java_major "$1")
    [ "${major:-0}" -ge 25 ] && [ -x "$1/bin/${2:-java}" ]
}

# find_java [javac]: fails, with one sentence on standard error, if no Java will do.
find_java() {
    on_path=$(command -v java || true)
    if [ -n "$on_path" ]; then
        on_path=$(dirname -- "$(dirname -- "$(readlink -f -- "$on_path")")")
    fi
    for java_home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/*25* /usr/lib/jvm/* /opt/*jdk* /opt/java/* \
        "${HOME:-/}"/.sdkman/candidates/java/* /usr/local/*jdk*; do
        if [ -n "$java_home" ] && java_serves "$java_home" "${1:-java}"; then
            return 0
        fi
    done
    if [ "${1:-java}" = javac ]; then
        wanted="JDK 25"
    else
        wanted="Java 25"
    fi
    echo "$wanted or newer is missing: install one (https://adoptium.net has packages) and set JAVA_HOME to its directory." >&2
    return 1
}
