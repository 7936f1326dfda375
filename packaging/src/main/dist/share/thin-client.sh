# Sourced by bin/gerve-keys and bin/gerve-shell, with `home` set: `run_thin_client CLASS ARGUMENT…`. sshd runs them for every login, so
# that nothing is started here but the Java: its path was noted when the caches were made (share/aot-caches).

run_thin_client() {
    # What the caller's environment says of Java is not for us.
    unset JAVA_TOOL_OPTIONS JDK_JAVA_OPTIONS _JAVA_OPTIONS CLASSPATH
    # The client's command is taken for UTF-8, whatever the machine's language.
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
    # They end before compiling would pay: interpreted they take a third less of the processor (gerve/RATIONALE.md).
    # Standard output is git's: the JVM's own messages, as of a cache that does not fit, go nowhere or to standard error.
    set -- -XX:+UseSerialGC -Xint -XX:-UsePerfData -Xmx32m -Xlog:disable -XX:+DisplayVMOutputToStderr \
        --enable-native-access=ALL-UNNAMED -cp "$(echo "$home"/lib/gerve-[0-9]*.jar)" "$main" "$@"
    if [ -r "$home/aot/thin-clients" ]; then
        exec "$java" -XX:AOTCache="$home/aot/thin-clients" "$@"
    fi
    exec "$java" "$@"
}
