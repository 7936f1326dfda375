package io.gerve.access;

import static io.gerve.sql.schema.Tables.ACCOUNTS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.REPOSITORY_REDIRECTS;
import static io.gerve.sql.schema.Tables.SITE;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.trueCondition;

import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.Login;
import java.util.Locale;
import java.util.Objects;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Table;
import org.jspecify.annotations.Nullable;

/** Query for a repository, its owner and the read-only state of the site. */
final class MysqlRepositoryFinder {
    private static final Field<Long> NAMED_ID = field(name("named", "id"), Long.class);
    private static final Field<Integer> NAMED_BY = field(name("named", "found_by"), Integer.class);

    private final DSLContext database;

    MysqlRepositoryFinder(DSLContext database) {
        this.database = database;
    }

    /** Result of looking up a repository name. */
    sealed interface Found {}

    record NotFound() implements Found {}

    record Row(Repository repository, Account owner, SiteMode site) implements Found {}

    /**
     * Finds a repository by its present or former name. A present name takes precedence over a former name of another
     * repository.
     */
    Found find(RepositoryName name) {
        Record row = database.select(
                        SITE.READ_ONLY_REASON,
                        REPOSITORIES.ID,
                        REPOSITORIES.NAME,
                        REPOSITORIES.VISIBILITY,
                        REPOSITORIES.STATE,
                        REPOSITORIES.STATE_REASON,
                        ACCOUNTS.ID,
                        ACCOUNTS.LOGIN,
                        ACCOUNTS.KIND,
                        ACCOUNTS.BASE_PERMISSION,
                        ACCOUNTS.SUSPENDED_AT,
                        ACCOUNTS.SUSPENDED_REASON)
                .from(SITE)
                .leftJoin(byName(name))
                .on(trueCondition())
                .leftJoin(REPOSITORIES)
                .on(REPOSITORIES.ID.eq(NAMED_ID))
                .leftJoin(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(REPOSITORIES.OWNER_ID))
                .where(SITE.ID.eq(1))
                .orderBy(NAMED_BY)
                .limit(1)
                .fetchOne();
        if (row == null) {
            throw new IllegalArgumentException("table site has no row");
        }
        return row.get(REPOSITORIES.ID) == null ? new NotFound() : new Row(repository(row), owner(row), site(row));
    }

    private static Table<Record2<Long, Integer>> byName(RepositoryName name) {
        return select(REPOSITORIES.ID.as("id"), inline(1).as("found_by"))
                .from(ACCOUNTS)
                .join(REPOSITORIES)
                .on(REPOSITORIES.OWNER_ID.eq(ACCOUNTS.ID))
                .where(ACCOUNTS.LOGIN.eq(name.owner().text()))
                .and(REPOSITORIES.NAME.eq(name.name()))
                .unionAll(select(REPOSITORY_REDIRECTS.REPOSITORY_ID, inline(2))
                        .from(REPOSITORY_REDIRECTS)
                        .where(REPOSITORY_REDIRECTS.OWNER_LOGIN.eq(name.owner().text()))
                        .and(REPOSITORY_REDIRECTS.NAME.eq(name.name())))
                .asTable("named");
    }

    private static Repository repository(Record row) {
        Account.Kind ownerKind = enumConstant(Account.Kind.class, row.get(ACCOUNTS.KIND));
        return new Repository(
                row.get(REPOSITORIES.ID),
                row.get(ACCOUNTS.ID),
                ownerKind,
                switch (ownerKind) {
                    case USER -> Role.NONE;
                    case ORGANIZATION -> enumConstant(Role.class, row.get(ACCOUNTS.BASE_PERMISSION));
                },
                new RepositoryName(new Login(row.get(ACCOUNTS.LOGIN)), row.get(REPOSITORIES.NAME)),
                enumConstant(Repository.Visibility.class, row.get(REPOSITORIES.VISIBILITY)),
                enumConstant(Repository.State.class, row.get(REPOSITORIES.STATE)),
                operatorMessage(row.get(REPOSITORIES.STATE_REASON)));
    }

    private static Account owner(Record row) {
        return new Account(
                row.get(ACCOUNTS.ID),
                new Login(row.get(ACCOUNTS.LOGIN)),
                enumConstant(Account.Kind.class, row.get(ACCOUNTS.KIND)),
                row.get(ACCOUNTS.SUSPENDED_AT) == null ? Account.Status.ACTIVE : Account.Status.SUSPENDED,
                operatorMessage(row.get(ACCOUNTS.SUSPENDED_REASON)));
    }

    private static SiteMode site(Record row) {
        String reason = row.get(SITE.READ_ONLY_REASON);
        return reason == null ? new SiteMode.ReadWrite() : new SiteMode.ReadOnly(reason);
    }

    private static <E extends Enum<E>> E enumConstant(Class<E> type, String text) {
        return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
    }

    private static String operatorMessage(@Nullable String reason) {
        return Objects.requireNonNullElse(reason, "");
    }
}
