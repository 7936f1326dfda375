# Sourced by the launchers, packaging/verify and packaging/quickstart. Sets `java_home` to a Java of version 25 or newer.
# Searches JAVA_HOME, then the path, then the usual folders. Reads each version from the JDK's `release` file, so that no JVM is started.

# Prints the major version of the Java in folder $1, or nothing if there is none.
java_major() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Succeeds if folder $1 has a Java that is new enough and, if $2 is `javac`, a compiler.
java_serves() {
    major=$(java_major "$1")
    [ "${major:-0}" -ge 25 ] && [ -x "$1/bin/${2:-java}" ]
}

# find_java [javac]: fails, with one sentence on standard error, if there is no suitable Java.
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
