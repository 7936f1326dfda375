package io.gerve.cli;

import io.gerve.admin.ChangeRefused;
import io.gerve.cli.audit.AuditCommand;
import io.gerve.cli.key.ImportCommand;
import io.gerve.cli.key.KeyCommand;
import io.gerve.cli.option.OptionConverters;
import io.gerve.cli.output.ProgressLine;
import io.gerve.cli.output.Table;
import io.gerve.cli.output.Terminal;
import io.gerve.config.GerveConfig;
import io.gerve.config.InvalidConfig;
import io.gerve.keylookup.directory.Actor;
import io.gerve.logging.LogSettings;
import io.gerve.logging.Logging;
import io.gerve.program.ExitStatus;
import io.gerve.program.ProgramVersion;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Program {@code gerve}: the command line with which an operator runs a site. */
@Command(
        name = "gerve",
        header = "Operate a Gerve site.",
        versionProvider = ProgramVersion.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpAutoWidth = true,
        synopsisSubcommandLabel = "COMMAND",
        parameterListHeading = "%nArguments:%n",
        optionListHeading = "%nOptions:%n",
        commandListHeading = "%nCommands:%n",
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "0:Done.",
            "1:Refused, and nothing was changed: standard error says why. An audit or key check: issues found; doctor:"
                    + " errors found.",
            ExitStatus.USAGE_HELP,
            ExitStatus.UNAVAILABLE_HELP,
            ExitStatus.TRY_AGAIN_HELP,
            ExitStatus.CONFIG_HELP
        })
public final class Gerve implements Runnable {
    private static final int ACTOR_MAX = 255;

    /** Description of the program itself. It is not in the annotation, because the commands would inherit it. */
    private static final String[] FIRST_STEPS = {
        "",
        "Accounts own repositories. Keys authenticate accounts. Teams and collaborators hold permissions. A route"
                + " maps an owner to the"
                + " file server that stores the owner's repositories.",
        "",
        "A first repository:",
        "  gerve migrate",
        "  gerve server create fs1 fs1a fs1a.example.net --scan",
        "  gerve account create mojombo",
        "  gerve key add ~/.ssh/id_ed25519.pub --account mojombo",
        "  gerve repo create mojombo/bert",
        "",
        "Standard output carries data: a table, or JSON with --json. Standard error carries messages.",
        "",
    };

    private static final List<Class<?>> COMMANDS = List.of(
            MigrateCommand.class,
            DoctorCommand.class,
            ConfigCommand.class,
            AccountCommand.class,
            OrgCommand.class,
            TeamCommand.class,
            RepoCommand.class,
            CollaboratorCommand.class,
            KeyCommand.class,
            ImportCommand.class,
            TokenCommand.class,
            ServerCommand.class,
            HostCommand.class,
            RouteCommand.class,
            SiteCommand.class,
            ExplainCommand.class,
            AuditCommand.class,
            AgentCommand.class,
            CompletionCommand.class);

    private static final Set<String> HELP_OPTIONS = Set.of("-h", "--help");

    /** The options of the program itself that take the next argument. */
    private static final Set<String> OPTIONS_WITH_VALUE = Set.of("-c", "--config", "--actor");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The configuration file of the site.",
            showDefaultValue = Visibility.ALWAYS,
            scope = ScopeType.INHERIT)
    private Path config = GerveConfig.DEFAULT_FILE;

    @Option(names = "--json", description = "Print data as JSON.", scope = ScopeType.INHERIT)
    private boolean json;

    @Option(
            names = "--actor",
            paramLabel = "NAME",
            description = "Who makes the change; recorded in the history of changes.",
            defaultValue = "${env:SUDO_USER:-${sys:user.name}}",
            showDefaultValue = Visibility.ALWAYS,
            scope = ScopeType.INHERIT)
    private String actor = "";

    private final Terminal terminal;
    private final ProgressLine progress;

    private Gerve(Terminal terminal, ProgressLine progress) {
        this.terminal = terminal;
        this.progress = progress;
    }

    public static void main(String[] args) {
        // A failure is explained in one sentence; log lines of libraries would only surround it.
        Logging.start(new LogSettings(LogSettings.Format.TEXT, LogSettings.Level.ERROR));
        var out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        int status = execute(out, err, Terminal.console(), args);
        out.flush();
        err.flush();
        System.exit(out.checkError() ? ExitStatus.REFUSED : status);
    }

    static int execute(PrintWriter out, PrintWriter err, Terminal terminal, String... args) {
        var line = new CommandLine(new Gerve(terminal, new ProgressLine(terminal, out, err)));
        commandsFor(args).forEach(line::addSubcommand);
        line.getCommandSpec().usageMessage().description(FIRST_STEPS);
        OptionConverters.register(line);
        return line.setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(CommandFailure::report)
                .setParameterExceptionHandler(CommandFailure::reportUsage)
                .execute(args);
    }

    /** Returns only the command that the arguments name, or all: to read all annotations takes longer than to run one. */
    private static List<Class<?>> commandsFor(String... args) {
        String name = commandName(args);
        return COMMANDS.stream()
                .filter(command -> !command.equals(CompletionCommand.class))
                .filter(command -> command.getAnnotation(Command.class).name().equals(name))
                .findFirst()
                .<List<Class<?>>>map(List::of)
                .orElse(COMMANDS);
    }

    /**
     * Returns the first argument that is neither an option nor its value. Returns an empty text if there is none, or if
     * the help of the program, which lists all commands, is asked for before it.
     */
    private static String commandName(String... args) {
        for (int i = 0; i < args.length && !HELP_OPTIONS.contains(args[i]); i++) {
            if (OPTIONS_WITH_VALUE.contains(args[i])) {
                i++;
            } else if (!args[i].startsWith("-")) {
                return args[i];
            }
        }
        return "";
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }

    public GerveConfig config() throws InvalidConfig {
        return GerveConfig.load(config);
    }

    /** Returns the path of the configuration file, absolute so that advice can name it. */
    Path configFile() {
        return config.toAbsolutePath().normalize();
    }

    /** Opens the site. It connects to each service on first use. */
    public SiteConnection open() throws InvalidConfig {
        if (actor.isBlank() || actor.length() > ACTOR_MAX) {
            throw new ParameterException(
                    spec.commandLine(), "--actor takes a name of 1 to " + ACTOR_MAX + " characters.");
        }
        return new SiteConnection(config(), new Actor(actor, "cli"), this::note);
    }

    public <T> void print(Table<T> table, Iterable<T> rows) {
        progress.clear();
        table.print(spec.commandLine().getOut(), rows, json);
    }

    public PrintWriter out() {
        return spec.commandLine().getOut();
    }

    public boolean printsJson() {
        return json;
    }

    public void print(String line) {
        spec.commandLine().getOut().println(line);
    }

    public <T> void printOne(Table<T> table, T row) {
        table.printOne(spec.commandLine().getOut(), row, json);
    }

    /** Returns the progress line on the operator's terminal. */
    public ProgressLine progress() {
        return progress;
    }

    /** Prints a sentence on standard error. */
    public void note(String sentence) {
        progress.clear();
        spec.commandLine().getErr().println(sentence);
    }

    /**
     * Asks on the terminal, unless {@code --yes} was given.
     *
     * @throws ChangeRefused if the answer is not yes, or there is no terminal and no {@code --yes}
     */
    public void confirm(boolean yes, String question) throws ChangeRefused {
        if (!yes && !terminal.isPresent()) {
            throw new ChangeRefused(question + " There is no terminal to ask on: confirm with --yes.");
        }
        if (!yes && !terminal.confirm(question)) {
            throw new ChangeRefused("Not done.");
        }
    }
}
