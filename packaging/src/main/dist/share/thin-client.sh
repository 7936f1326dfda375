# Sourced by bin/gerve-keys and bin/gerve-shell, with `home` set: `run_thin_client CLASS ARGUMENT…`. sshd runs them for every login, so
# they start no process except Java, whose path share/aot-caches has recorded.

run_thin_client() {
    if [ "${2:-}" = --version ]; then
        echo "${0##*/} $(cat "$home/share/version")"
        return 0
    fi
    # The caller's environment must not change how Java runs.
    unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH
    # The client's command is decoded as UTF-8, whatever the machine's locale.
    export LC_ALL=C.UTF-8
    java=
    if [ -r "$home/aot/java" ]; then
        read -r java <"$home/aot/java" || java=
    fi
    if [ ! -x "$java" ]; then
        . "$home/share/find-java.sh"
        find_java || return 69 # EX_UNAVAILABLE
        java=$java_home/bin/java
    fi
    main=$1
    shift
    # The programs end before compilation would pay off: -Xint takes a third less processor time (gerve/RATIONALE.md).
    # Standard output belongs to git. The JVM's own messages, such as one about a cache that does not fit, are dropped or go to
    # standard error.
    set -- -XX:+UseSerialGC -Xint -XX:-UsePerfData -Xmx32m -Xlog:disable -XX:+DisplayVMOutputToStderr \
        --enable-native-access=ALL-UNNAMED "-Dgerve.home=$home" -cp "$(echo "$home"/lib/gerve-[0-9]*.jar)" "$main" "$@"
    if [ -r "$home/aot/thin-clients" ]; then
        exec "$java" -XX:AOTCache="$home/aot/thin-clients" "$@"
    fi
    exec "$java" "$@"
}
