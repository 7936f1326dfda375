package io.gerve.audit;

import static io.gerve.sql.schema.Tables.COLLABORATORS;
import static io.gerve.sql.schema.Tables.GRANT_CHANGES;
import static io.gerve.sql.schema.Tables.ORGANIZATION_MEMBERS;
import static io.gerve.sql.schema.Tables.REPOSITORIES;
import static io.gerve.sql.schema.Tables.TEAMS;
import static io.gerve.sql.schema.Tables.TEAM_MEMBERS;
import static io.gerve.sql.schema.Tables.TEAM_REPOSITORIES;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.select;
import static org.jooq.impl.DSL.selectDistinct;

import io.gerve.access.Repository;
import io.gerve.lookup.LookupUnavailable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record1;
import org.jooq.Select;
import org.jooq.TableField;

/**
 * Who and what may be related, page by page: more than what is, never less, since whoever lost something after the time that is asked about
 * is among them. Each page is one or two ranges of an index.
 */
final class MysqlCandidates {
    static final int PAGE = 1000;

    private static final Field<Long> ID = field(name("candidate"), Long.class);

    private final MysqlState state;

    MysqlCandidates(MysqlState state) {
        this.state = state;
    }

    /** Gives out ids in their order. */
    interface Pages {
        Page after(long id);

        /** With others, which are at hand. */
        default Pages and(Set<Long> others) {
            return last -> Page.of(
                    Stream.concat(after(last).ids().stream(), others.stream().filter(id -> id > last))
                            .sorted()
                            .distinct()
                            .limit(PAGE)
                            .toList());
        }
    }

    /** @param last where the next page goes on, {@link Long#MAX_VALUE} if there is none */
    record Page(List<Long> ids, long last) {
        static Page of(List<Long> ids) {
            return new Page(ids, ids.size() < PAGE ? Long.MAX_VALUE : ids.getLast());
        }
    }

    /** Accounts that may have more on a repository than everybody, in the order of their ids.
     *  @param asOwned the repository, more than once if it had other owners */
    Pages accounts(Collection<Repository> asOwned) {
        Set<Long> inTeamsOnly = new TreeSet<>();
        asOwned.stream()
                .filter(MysqlRepositoryState::isOrganizations)
                .forEach(repository -> inTeamsOnly.addAll(inTeamsOnly(repository.ownerId())));
        Pages others = last -> {
            List<Select<Record1<Long>>> sources = new ArrayList<>();
            asOwned.forEach(repository -> accounts(sources, repository, last));
            return page(sources);
        };
        return others.and(inTeamsOnly);
    }

    private void accounts(List<Select<Record1<Long>>> sources, Repository repository, long last) {
        sources.add(column(COLLABORATORS.ACCOUNT_ID, COLLABORATORS.REPOSITORY_ID.eq(repository.id()), last));
        changed(
                sources,
                GRANT_CHANGES.ACCOUNT_ID,
                kind("collaborator").and(GRANT_CHANGES.REPOSITORY_ID.eq(repository.id())),
                last);
        if (MysqlRepositoryState.isOrganizations(repository)) {
            organization(sources, repository.ownerId(), last);
        } else if (repository.ownerId() > last) {
            sources.add(select(inline(repository.ownerId()).as(ID)));
        }
    }

    private void organization(List<Select<Record1<Long>>> sources, long organization, long last) {
        sources.add(
                column(ORGANIZATION_MEMBERS.ACCOUNT_ID, ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(organization), last));
        for (String kind : List.of("organization-member", "team-member")) {
            changed(
                    sources,
                    GRANT_CHANGES.ACCOUNT_ID,
                    kind(kind).and(GRANT_CHANGES.ORGANIZATION_ID.eq(organization)),
                    last);
        }
    }

    /** Those who are in an organization's teams and not in the organization: by other ways than Gerve's, so there are few. */
    private Set<Long> inTeamsOnly(long organization) {
        return state.sql()
                .selectDistinct(TEAM_MEMBERS.ACCOUNT_ID)
                .from(TEAMS)
                .join(TEAM_MEMBERS)
                .on(TEAM_MEMBERS.TEAM_ID.eq(TEAMS.ID))
                .leftJoin(ORGANIZATION_MEMBERS)
                .on(ORGANIZATION_MEMBERS.ORGANIZATION_ID.eq(TEAMS.ORGANIZATION_ID))
                .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.eq(TEAM_MEMBERS.ACCOUNT_ID))
                .where(TEAMS.ORGANIZATION_ID.eq(organization))
                .and(ORGANIZATION_MEMBERS.ACCOUNT_ID.isNull())
                .fetchSet(TEAM_MEMBERS.ACCOUNT_ID);
    }

    /** Accounts that may be in one of the teams themselves. */
    Pages members(Collection<Long> teams) {
        return last -> {
            List<Select<Record1<Long>>> sources = new ArrayList<>();
            sources.add(selectDistinct(TEAM_MEMBERS.ACCOUNT_ID.as(ID))
                    .from(TEAM_MEMBERS)
                    .where(TEAM_MEMBERS.TEAM_ID.in(teams))
                    .and(TEAM_MEMBERS.ACCOUNT_ID.gt(last))
                    .orderBy(ID)
                    .limit(PAGE));
            changed(sources, GRANT_CHANGES.ACCOUNT_ID, kind("team-member").and(GRANT_CHANGES.TEAM_ID.in(teams)), last);
            return page(sources);
        };
    }

    /** Repositories of which the account may be a collaborator. */
    Pages collaborations(long account) {
        return last -> {
            List<Select<Record1<Long>>> sources = new ArrayList<>();
            sources.add(column(COLLABORATORS.REPOSITORY_ID, COLLABORATORS.ACCOUNT_ID.eq(account), last));
            changed(
                    sources,
                    GRANT_CHANGES.REPOSITORY_ID,
                    kind("collaborator").and(GRANT_CHANGES.ACCOUNT_ID.eq(account)),
                    last);
            return page(sources);
        };
    }

    /** Repositories for which the team may have a role. */
    Pages ofTeam(long team) {
        return last -> {
            List<Select<Record1<Long>>> sources = new ArrayList<>();
            sources.add(column(TEAM_REPOSITORIES.REPOSITORY_ID, TEAM_REPOSITORIES.TEAM_ID.eq(team), last));
            changed(
                    sources,
                    GRANT_CHANGES.REPOSITORY_ID,
                    kind("team-repository").and(GRANT_CHANGES.TEAM_ID.eq(team)),
                    last);
            return page(sources);
        };
    }

    /** Repositories that may be open to everybody. */
    Pages open() {
        return last -> {
            List<Select<Record1<Long>>> sources = new ArrayList<>();
            sources.add(column(REPOSITORIES.ID, REPOSITORIES.VISIBILITY.eq("public"), last));
            changed(sources, GRANT_CHANGES.REPOSITORY_ID, kind("visibility"), last);
            return page(sources);
        };
    }

    interface Taker {
        /** @return whether to go on */
        boolean take(List<Long> ids) throws LookupUnavailable;
    }

    /** Repositories that the owner may have: first those that it has now, in the order of their names.
     *  @return whether to go on */
    boolean owned(long owner, Taker taker) throws LookupUnavailable {
        var page = owned(owner, "");
        while (!page.ids().isEmpty()) {
            if (!taker.take(page.ids())) {
                return false;
            }
            page = owned(owner, page.last());
        }
        return each(formerlyOwned(owner), taker);
    }

    /** @return whether to go on */
    static boolean each(Pages pages, Taker taker) throws LookupUnavailable {
        long last = 0;
        while (last != Long.MAX_VALUE) {
            Page page = pages.after(last);
            if (!page.ids().isEmpty() && !taker.take(page.ids())) {
                return false;
            }
            last = page.last();
        }
        return true;
    }

    /** Repositories that the owner had and has no more. */
    private Pages formerlyOwned(long owner) {
        return last -> {
            List<Select<Record1<Long>>> sources = new ArrayList<>();
            for (String kind : List.of("repository", "repository-name")) {
                changed(sources, GRANT_CHANGES.REPOSITORY_ID, kind(kind).and(GRANT_CHANGES.ACCOUNT_ID.eq(owner)), last);
            }
            Page page = page(sources);
            // Those that it still has are found by their names.
            List<Long> owned = state.sql()
                    .select(REPOSITORIES.ID)
                    .from(REPOSITORIES)
                    .where(REPOSITORIES.ID.in(page.ids()))
                    .and(REPOSITORIES.OWNER_ID.eq(owner))
                    .fetch(REPOSITORIES.ID);
            return new Page(
                    page.ids().stream().filter(id -> !owned.contains(id)).toList(), page.last());
        };
    }

    /** Organizations with a team of which the account is a member, whether or not it is one of the organization. */
    List<Long> organizationsOfTeamsOf(long account) {
        var ids = new TreeSet<>(state.sql()
                .selectDistinct(TEAMS.ORGANIZATION_ID)
                .from(TEAM_MEMBERS)
                .join(TEAMS)
                .on(TEAMS.ID.eq(TEAM_MEMBERS.TEAM_ID))
                .where(TEAM_MEMBERS.ACCOUNT_ID.eq(account))
                .fetch(TEAMS.ORGANIZATION_ID));
        state.undo()
                .each(
                        kind("team-member").and(GRANT_CHANGES.ACCOUNT_ID.eq(account)),
                        change -> ids.add(change.getOrganizationId()));
        return List.copyOf(ids);
    }

    /** A page of an owner's repositories, in the order of their names. */
    private record Named(List<Long> ids, String last) {}

    private Named owned(long owner, String after) {
        var rows = state.sql()
                .select(REPOSITORIES.ID, REPOSITORIES.NAME)
                .from(REPOSITORIES)
                .where(REPOSITORIES.OWNER_ID.eq(owner))
                .and(REPOSITORIES.NAME.gt(after))
                .orderBy(REPOSITORIES.NAME)
                .limit(PAGE)
                .fetch();
        return new Named(
                rows.map(row -> row.value1()),
                rows.isEmpty() ? "" : rows.getLast().value2());
    }

    private static Condition kind(String kind) {
        return GRANT_CHANGES.KIND.eq(kind);
    }

    private static Select<Record1<Long>> column(TableField<?, Long> id, Condition which, long last) {
        return select(id.as(ID))
                .from(id.getTable())
                .where(which)
                .and(id.gt(last))
                .orderBy(id)
                .limit(PAGE);
    }

    private void changed(List<Select<Record1<Long>>> sources, TableField<?, Long> id, Condition which, long last) {
        Instant at = state.undo().at();
        if (!state.undo().isNow()) {
            sources.add(selectDistinct(id.as(ID))
                    .from(GRANT_CHANGES)
                    .where(which)
                    .and(GRANT_CHANGES.CHANGED_AT.gt(at))
                    .and(id.gt(last))
                    .orderBy(ID)
                    .limit(PAGE));
        }
    }

    /** The lowest ids of all sources, each once. Asked for one after the other: no database is then tempted to sort all of them together. */
    private Page page(List<Select<Record1<Long>>> sources) {
        var ids = new TreeSet<Long>();
        for (var source : sources) {
            ids.addAll(state.sql().fetch(source).getValues(ID));
        }
        return Page.of(ids.stream().limit(PAGE).toList());
    }
}
