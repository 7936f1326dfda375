package io.gerve.audit;

import static io.gerve.sql.schema.Tables.TEAMS;

import io.gerve.access.MysqlWorldReader;
import io.gerve.access.Repository;
import io.gerve.access.Role;
import io.gerve.access.World;
import io.gerve.admin.AuditedTransaction;
import io.gerve.admin.ChangeRefused;
import io.gerve.admin.DependencyUnavailable;
import io.gerve.admin.MysqlAccountStore;
import io.gerve.admin.MysqlCollaboratorStore;
import io.gerve.admin.MysqlOrganizationStore;
import io.gerve.admin.MysqlRepositoryStore;
import io.gerve.admin.MysqlSiteStore;
import io.gerve.admin.MysqlTeamStore;
import io.gerve.admin.NewFolder;
import io.gerve.admin.OperatorMessage;
import io.gerve.admin.OrganizationMember;
import io.gerve.admin.RepositoryService;
import io.gerve.admin.TeamName;
import io.gerve.git.RepositoryName;
import io.gerve.keylookup.directory.Actor;
import io.gerve.keylookup.directory.Login;
import io.gerve.sql.Database;
import io.gerve.testing.NoRepositoryFolders;
import io.gerve.testing.UnreachableGates;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;

/**
 * A world that changes at random, through the classes that operators' commands call, with its state after each change.
 */
final class PastWorld {
    private static final Role[] ROLES = {Role.READ, Role.TRIAGE, Role.WRITE, Role.MAINTAIN, Role.ADMIN};
    private static final Role[] BASES = {Role.NONE, Role.READ, Role.WRITE, Role.ADMIN};

    private final Database database;
    private final long number;
    private final Random random;
    private final AuditedTransaction transactions;
    private final List<Instant> times = new ArrayList<>();
    private final List<World> worlds = new ArrayList<>();
    private Instant now;
    private int changesMade;

    PastWorld(Database database, World first, long number, Random random) {
        this.database = database;
        this.number = number;
        this.random = random;
        // Worlds do not overlap in time: every change of one is earlier than all times of the next.
        this.now = World.NOW.plus(Duration.ofHours(number));
        this.transactions =
                new AuditedTransaction(database, new Actor("tester", "test"), new UnreachableGates(), new WorldClock());
        times.add(now);
        worlds.add(new MysqlWorldReader(database.sql(), number, first.keys()).read());
    }

    List<Instant> times() {
        return times;
    }

    List<World> worlds() {
        return worlds;
    }

    int changesMade() {
        return changesMade;
    }

    /** Tries a random change. A refused change leaves the world as it was. */
    void change() throws DependencyUnavailable {
        now = now.plusSeconds(60);
        try {
            applyRandomChange(worlds.getLast());
            changesMade++;
        } catch (ChangeRefused _) {
            // Some changes are impossible in some worlds.
        }
        times.add(now);
        worlds.add(
                new MysqlWorldReader(database.sql(), number, worlds.getFirst().keys()).read());
    }

    private void applyRandomChange(World world) throws ChangeRefused, DependencyUnavailable {
        switch (random.nextInt(24)) {
            case 0, 1 -> collaborators().add(repository(world), user(world), any(ROLES));
            case 2 -> collaborators().remove(repository(world), user(world));
            case 3 -> organizations().setBasePermission(organization(world), any(BASES));
            case 4 ->
                organizations().addMember(organization(world), user(world), any(OrganizationMember.Role.values()));
            case 5 -> organizations().removeMember(organization(world), user(world));
            case 6 -> newTeam(world);
            case 7, 23 -> teams().addMember(team(world), user(world));
            case 8 -> teams().removeMember(team(world), user(world));
            case 9, 20, 21 ->
                teams().setParent(team(world), random.nextBoolean() ? Optional.of(team(world)) : Optional.empty());
            case 10, 11, 22 -> teams().grant(team(world), repository(world), any(ROLES));
            case 12 -> teams().revoke(team(world), repository(world));
            case 13 ->
                repositoryService()
                        .create(
                                new RepositoryName(anybody(world), "repo-" + random.nextInt(6)),
                                visibility(),
                                NewFolder.USUAL);
            case 14, 15 ->
                repositoryService()
                        .rename(repository(world), new RepositoryName(anybody(world), "repo-" + random.nextInt(6)));
            case 16 -> repositories().setVisibility(repository(world), visibility());
            case 17 -> closeOrReopen(world);
            case 18 -> repositoryService().delete(repository(world));
            default -> changeStatus(world);
        }
    }

    private void newTeam(World world) throws ChangeRefused, DependencyUnavailable {
        var name = new TeamName(organization(world), "new-" + random.nextInt(1000));
        teams().create(name, random.nextBoolean() ? Optional.of(team(world)) : Optional.empty());
    }

    private void closeOrReopen(World world) throws ChangeRefused, DependencyUnavailable {
        var state = any(
                new Repository.State[] {Repository.State.ARCHIVED, Repository.State.LOCKED, Repository.State.DISABLED});
        if (random.nextBoolean()) {
            repositories().close(repository(world), state, new OperatorMessage(World.OPERATOR_MESSAGE));
        } else {
            repositories().reopen(repository(world), state);
        }
    }

    private void changeStatus(World world) throws ChangeRefused, DependencyUnavailable {
        switch (random.nextInt(4)) {
            case 0 -> accounts().suspend(anybody(world), new OperatorMessage(World.OPERATOR_MESSAGE));
            case 1 -> accounts().unsuspend(anybody(world));
            case 2 -> site().setReadOnly(Optional.of(new OperatorMessage(World.OPERATOR_MESSAGE)));
            default -> site().setReadOnly(Optional.empty());
        }
    }

    private MysqlCollaboratorStore collaborators() {
        return new MysqlCollaboratorStore(transactions);
    }

    private MysqlOrganizationStore organizations() {
        return new MysqlOrganizationStore(transactions);
    }

    private MysqlTeamStore teams() {
        return new MysqlTeamStore(transactions);
    }

    private MysqlRepositoryStore repositories() {
        return new MysqlRepositoryStore(transactions);
    }

    private RepositoryService repositoryService() {
        return new RepositoryService(repositories(), new NoRepositoryFolders());
    }

    private MysqlAccountStore accounts() {
        return new MysqlAccountStore(transactions);
    }

    private MysqlSiteStore site() {
        return new MysqlSiteStore(transactions);
    }

    private Login user(World world) {
        return anyone(
                world.people().stream().filter(person -> !person.organization()).toList());
    }

    private Login organization(World world) {
        return anyone(world.people().stream().filter(World.Person::organization).toList());
    }

    private Login anybody(World world) {
        return anyone(world.people());
    }

    private Login anyone(List<World.Person> people) {
        return new Login(people.get(random.nextInt(people.size())).login());
    }

    private RepositoryName repository(World world) throws ChangeRefused {
        if (world.repositories().isEmpty()) {
            throw new ChangeRefused("none is left");
        }
        var repo = world.repositories().get(random.nextInt(world.repositories().size()));
        return new RepositoryName(new Login(world.person(repo.owner()).login()), repo.name());
    }

    private TeamName team(World world) throws ChangeRefused {
        if (world.teams().isEmpty()) {
            throw new ChangeRefused("there is none");
        }
        var team = world.teams().get(random.nextInt(world.teams().size()));
        String slug = Objects.requireNonNull(database.sql()
                .select(TEAMS.SLUG)
                .from(TEAMS)
                .where(TEAMS.ID.eq(team.id()))
                .fetchSingle(TEAMS.SLUG));
        return new TeamName(new Login(world.person(team.organization()).login()), slug);
    }

    private Repository.Visibility visibility() {
        return any(Repository.Visibility.values());
    }

    private <T> T any(T[] all) {
        return all[random.nextInt(all.length)];
    }

    private final class WorldClock extends Clock {
        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
