package io.gerve.cli.option;

import io.gerve.access.Role;
import io.gerve.accesslog.ChainHead;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.OperatorMessage;
import io.gerve.admin.TeamName;
import io.gerve.git.BranchName;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.token.TokenScope;
import io.gerve.program.RequestId;
import java.time.Instant;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converters of all option and argument types. They validate, so that commands get valid values. */
public final class OptionConverters {
    private OptionConverters() {}

    public static void register(CommandLine line) {
        line.registerConverter(Login.class, valid(Login::new))
                .registerConverter(OperatorMessage.class, valid(OperatorMessage::new))
                .registerConverter(Fingerprint.class, OptionConverters::fingerprint)
                .registerConverter(RowLimit.RowCount.class, described(RowLimit.RowCount::parse))
                .registerConverter(PositiveNumber.class, described(PositiveNumber::parse))
                .registerConverter(Expiry.class, described(text -> Expiry.parse(text, Instant.now())))
                .registerConverter(DurationOption.class, described(DurationOption::parse))
                .registerConverter(PointInTime.class, described(text -> PointInTime.parse(text, Instant.now())))
                .registerConverter(RequestId.class, valid(RequestId::new))
                .registerConverter(ChainHead.class, valid(ChainHead::parse))
                .registerConverter(BranchName.class, valid(BranchName::new))
                .registerConverter(RepositoryName.class, OptionConverters::repository)
                .registerConverter(TeamName.class, OptionConverters::team)
                .registerConverter(Role.class, OptionConverters::role)
                .registerConverter(TokenScope.class, OptionConverters::scope);
    }

    /** Roles that can be granted, for completion. */
    public static final class Roles implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return List.of("read", "triage", "write", "maintain", "admin").iterator();
        }
    }

    /** Returns the value as it is typed and printed: in lower case. */
    public static String constant(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** @throws ChangeRefused if it is none, which is not granted but removed */
    public static Role grantable(Role role) throws ChangeRefused {
        if (role == Role.NONE) {
            throw new ChangeRefused("none is not a role that can be granted. To remove a role use remove or revoke.");
        }
        return role;
    }

    private static RepositoryName repository(String text) {
        String name = text.endsWith(".git") ? text.substring(0, text.length() - ".git".length()) : text;
        return RepositoryName.parse(name)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a repository: owner/name"));
    }

    private static Fingerprint fingerprint(String text) {
        return Fingerprint.parse(text)
                .orElseThrow(() -> new TypeConversionException("'" + text
                        + "' is not a fingerprint: SHA256: and 43 characters, as ssh-keygen -l -f FILE prints it"));
    }

    private static TeamName team(String text) {
        return TeamName.parse(text)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a team: organization/team"));
    }

    private static TokenScope scope(String text) {
        return TokenScope.parse(text)
                .orElseThrow(() -> new TypeConversionException("'" + text + "' is not a scope: read:public_key,"
                        + " write:public_key, admin:public_key or repo"));
    }

    private static Role role(String text) {
        return Arrays.stream(Role.values())
                .filter(role -> role.name().equals(text.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "'" + text + "' is not a role: read, triage, write, maintain or admin"));
    }

    /** @param converter throws IllegalArgumentException with a sentence that says what is valid */
    static <T> ITypeConverter<T> valid(ITypeConverter<T> converter) {
        return quoting(converter, "': ");
    }

    /** @param converter throws IllegalArgumentException with a predicate about the text: {@code is in the future} */
    private static <T> ITypeConverter<T> described(ITypeConverter<T> converter) {
        return quoting(converter, "' ");
    }

    private static <T> ITypeConverter<T> quoting(ITypeConverter<T> converter, String afterTheText) {
        return text -> {
            try {
                return converter.convert(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException("'" + text + afterTheText + e.getMessage());
            }
        };
    }
}
