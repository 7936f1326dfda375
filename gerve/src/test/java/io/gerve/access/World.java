package io.gerve.access;

import io.gerve.keylookup.directory.Account;
import io.gerve.keylookup.directory.KeyValidity;
import io.gerve.keylookup.directory.Login;
import io.gerve.keylookup.directory.Principal;
import io.gerve.keylookup.directory.RegisteredKey;
import io.gerve.keylookup.key.Fingerprint;
import io.gerve.keylookup.key.Md5Suffix;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Small random site, which includes invalid data: cycles of teams, teams of another organization, members that left.
 */
public record World(
        List<Person> people,
        List<Member> members,
        List<Team> teams,
        List<TeamRole> teamRoles,
        List<Repo> repositories,
        List<Former> formerNames,
        List<Collaborator> collaborators,
        List<DeployRight> deployRights,
        List<RegisteredKey> keys,
        boolean readOnly) {
    public static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    public static final String OPERATOR_MESSAGE = "Ask the operators; it's \"closed\".";

    public record Person(long id, String login, boolean organization, Role base, boolean suspended) {}

    record Member(long organization, long account, boolean owner) {}

    /** @param parent its own id for a team without a parent */
    public record Team(long id, long organization, long parent, List<Long> members) {}

    record TeamRole(long team, long repository, Role role) {}

    public record Repo(long id, long owner, String name, Repository.Visibility visibility, Repository.State state) {}

    record Former(String owner, String name, long repository) {}

    record Collaborator(long repository, long account, Role role) {}

    public record DeployRight(long key, long repository, boolean readOnly) {}

    /** @param number makes the ids and logins differ from those of every other world */
    public static World random(Random random, long number) {
        return new Generator(random, number).world();
    }

    /** Returns the same site without read-only mode. */
    public World writable() {
        return new World(
                people, members, teams, teamRoles, repositories, formerNames, collaborators, deployRights, keys, false);
    }

    public Person person(long id) {
        return people.stream().filter(person -> person.id() == id).findFirst().orElseThrow();
    }

    /** Returns every present and former name, and one that never existed, each as {@code owner/name}. */
    public List<String> names() {
        Stream<String> present =
                repositories.stream().map(repo -> person(repo.owner()).login() + "/" + repo.name());
        Stream<String> former = formerNames.stream().map(name -> name.owner() + "/" + name.name());
        String never = people.getFirst().login() + "/never";
        return Stream.of(present, former, Stream.of(never))
                .flatMap(names -> names)
                .distinct()
                .toList();
    }

    private record Generator(Random random, long number) {
        World world() {
            List<Person> people = people();
            List<Long> organizations =
                    people.stream().filter(Person::organization).map(Person::id).toList();
            List<Long> users = people.stream()
                    .filter(p -> !p.organization())
                    .map(Person::id)
                    .toList();
            List<Member> members = members(organizations, users);
            List<Team> teams = teams(people, users);
            List<Repo> repositories = repositories(people);
            List<Long> deployKeys = ids(50, 50 + random.nextInt(3));
            return new World(
                    people,
                    members,
                    teams,
                    pairs(teams.stream().map(Team::id).toList(), ids(repositories), 0.25).stream()
                            .map(pair -> new TeamRole(pair[0], pair[1], role()))
                            .toList(),
                    repositories,
                    formerNames(people, repositories),
                    pairs(ids(repositories), users, 0.3).stream()
                            .map(pair -> new Collaborator(pair[0], pair[1], role()))
                            .toList(),
                    pairs(deployKeys, ids(repositories), 0.5).stream()
                            .map(pair -> new DeployRight(pair[0], pair[1], random.nextBoolean()))
                            .toList(),
                    Stream.concat(
                                    people.stream()
                                            .filter(p -> !p.organization())
                                            .map(this::keyOf),
                                    deployKeys.stream().map(id -> key(id, new Principal.OfDeployKey(""))))
                            .toList(),
                    chance(0.2));
        }

        private List<Person> people() {
            int count = 4 + random.nextInt(3);
            return IntStream.range(0, count)
                    .mapToObj(i -> new Person(id(i), "w" + number + "x" + i, i % 3 == 1, base(), chance(0.15)))
                    .toList();
        }

        private List<Member> members(List<Long> organizations, List<Long> users) {
            return pairs(organizations, users, 0.5).stream()
                    .map(pair -> new Member(pair[0], pair[1], chance(0.2)))
                    .toList();
        }

        private List<Team> teams(List<Person> people, List<Long> users) {
            int count = random.nextInt(9);
            return ids(0, count).stream()
                    .map(id -> new Team(
                            id, organization(people), chance(0.7) ? id(random.nextInt(count)) : id, some(users, 0.25)))
                    .toList();
        }

        /** Picks mostly the same organization, so that teams become nested. */
        private long organization(List<Person> people) {
            List<Long> all =
                    people.stream().filter(Person::organization).map(Person::id).toList();
            return chance(0.8) ? all.getFirst() : all.getLast();
        }

        private List<Repo> repositories(List<Person> people) {
            int count = 1 + random.nextInt(4);
            return IntStream.range(0, count)
                    .mapToObj(i -> new Repo(
                            id(i),
                            chance(0.6) ? organization(people) : any(people).id(),
                            "Repo-" + i,
                            any(List.of(Repository.Visibility.values())),
                            chance(0.6) ? Repository.State.ACTIVE : any(List.of(Repository.State.values()))))
                    .toList();
        }

        /** Makes former names, some of which are also the present name of a repository. */
        private List<Former> formerNames(List<Person> people, List<Repo> repositories) {
            var taken = new TreeSet<String>();
            var names = new ArrayList<Former>();
            for (int i = random.nextInt(4); i > 0; i--) {
                var former = new Former(
                        any(people).login(),
                        "repo-" + random.nextInt(6),
                        any(repositories).id());
                if (taken.add(former.owner() + "/" + former.name())) {
                    names.add(former);
                }
            }
            return List.copyOf(names);
        }

        private RegisteredKey keyOf(Person person) {
            var status = person.suspended() ? Account.Status.SUSPENDED : Account.Status.ACTIVE;
            return key(
                    person.id(),
                    new Principal.OfAccount(new Account(
                            person.id(),
                            new Login(person.login()),
                            Account.Kind.USER,
                            status,
                            person.suspended() ? OPERATOR_MESSAGE : "")));
        }

        private RegisteredKey key(long id, Principal principal) {
            return new RegisteredKey(
                    id,
                    Fingerprint.ofDigest(new byte[32]),
                    new Md5Suffix(1, (short) 2),
                    "laptop",
                    validity(),
                    principal);
        }

        private KeyValidity validity() {
            return switch (random.nextInt(20)) {
                case 0 -> new KeyValidity.Revoked(NOW.minus(Duration.ofDays(1)), OPERATOR_MESSAGE);
                case 1 -> new KeyValidity.ValidUntil(NOW);
                case 2 -> new KeyValidity.ValidUntil(NOW.plusNanos(1));
                default -> new KeyValidity.ValidUntil(Instant.MAX);
            };
        }

        private List<Long[]> pairs(List<Long> ones, List<Long> others, double density) {
            return ones.stream()
                    .flatMap(one -> others.stream().map(other -> new Long[] {one, other}))
                    .filter(_ -> chance(density))
                    .toList();
        }

        private static List<Long> ids(List<Repo> repositories) {
            return repositories.stream().map(Repo::id).toList();
        }

        private List<Long> ids(int from, int to) {
            return IntStream.range(from, to).mapToObj(this::id).toList();
        }

        private long id(int index) {
            return number * 100 + index;
        }

        private Role role() {
            return any(List.of(Role.READ, Role.TRIAGE, Role.WRITE, Role.MAINTAIN, Role.ADMIN));
        }

        private Role base() {
            return any(List.of(Role.NONE, Role.NONE, Role.READ, Role.WRITE, Role.ADMIN));
        }

        private <T> T any(List<T> all) {
            return all.get(random.nextInt(all.size()));
        }

        private List<Long> some(List<Long> all, double density) {
            return all.stream().filter(_ -> chance(density)).toList();
        }

        private boolean chance(double probability) {
            return random.nextDouble() < probability;
        }
    }
}
