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
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code gerve} program. */
@Command(
        name = "gerve",
        header = "Operates a Gerve site by hand.",
        versionProvider = Version.class,
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
            "1:Refused, and nothing was changed. It says why, and what to do.",
            "2:Called wrongly.",
            "75:The database, Redis or a file server did not answer. Try again."
        })
public final class Gerve implements Runnable {
    private static final int ACTOR_MAX = 255;

    /** Of the program itself. Its commands would inherit it, had the annotation it. */
    private static final String[] FIRST_STEPS = {
        "",
        "Accounts own repositories, keys say who somebody is, teams and collaborators say who may do what, and a route says on which"
                + " file server an owner's repositories are.",
        "",
        "A first repository:",
        "  gerve migrate",
        "  gerve server add fs1 fs1a fs1a.example.net --scan",
        "  gerve account create mojombo",
        "  gerve key add ~/.ssh/id_ed25519.pub --account mojombo",
        "  gerve repo create mojombo/bert",
        "",
        "Data goes to standard output, as a table or with --json as JSON; all else goes to standard error.",
        "",
    };

    private static final List<Class<?>> COMMANDS = List.of(
            MigrateCommand.class,
            DoctorCommand.class,
            AccountCommand.class,
            OrgCommand.class,
            TeamCommand.class,
            RepoCommand.class,
            CollaboratorCommand.class,
            KeyCommand.class,
            ImportCommand.class,
            TokenCommand.class,
            ServerCommand.class,
            RouteCommand.class,
            SiteCommand.class,
            ExplainCommand.class,
            AuditCommand.class,
            AgentCommand.class,
            GenerateCompletion.class);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = {"-c", "--config"},
            paramLabel = "FILE",
            description = "The site's configuration.",
            showDefaultValue = Visibility.ALWAYS,
            scope = ScopeType.INHERIT)
    private Path config = GerveConfig.DEFAULT_FILE;

    @Option(names = "--json", description = "Print data as JSON, for programs.", scope = ScopeType.INHERIT)
    private boolean json;

    @Option(
            names = "--as",
            paramLabel = "NAME",
            description = "Who makes the change, for the record.",
            defaultValue = "${env:SUDO_USER:-${sys:user.name}}",
            showDefaultValue = Visibility.ALWAYS,
            scope = ScopeType.INHERIT)
    private String operator = "";

    private final Terminal terminal;
    private final ProgressLine progress;

    private Gerve(Terminal terminal, ProgressLine progress) {
        this.terminal = terminal;
        this.progress = progress;
    }

    public static void main(String[] args) {
        // What a library has to say is for the sentence that explains a failure, not for a log in between.
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
                .setExecutionExceptionHandler(ExitStatus::explain)
                .setParameterExceptionHandler(ExitStatus::explainUsage)
                .execute(args);
    }

    /** Only the one that is asked for, if that is sure: picocli takes a third of a second to read what the others are like. */
    private static List<Class<?>> commandsFor(String... args) {
        return COMMANDS.stream()
                .filter(command -> args.length > 0 && !command.equals(GenerateCompletion.class))
                .filter(command -> command.getAnnotation(Command.class).name().equals(args[0]))
                .findFirst()
                .<List<Class<?>>>map(List::of)
                .orElse(COMMANDS);
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "A command is missing.");
    }

    public GerveConfig config() throws InvalidConfig {
        return GerveConfig.load(config);
    }

    /** Connects to nothing until something is asked of it. */
    public SiteConnection open() throws InvalidConfig {
        if (operator.isBlank() || operator.length() > ACTOR_MAX) {
            throw new ParameterException(spec.commandLine(), "--as takes a name of 1 to " + ACTOR_MAX + " characters.");
        }
        return new SiteConnection(config(), new Actor(operator, "cli"), this::note);
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

    /** Shows a person how far it is. */
    public ProgressLine progress() {
        return progress;
    }

    /** Says on standard error what was done, or what to know about it. */
    public void note(String sentence) {
        progress.clear();
        spec.commandLine().getErr().println(sentence);
    }

    /** @throws ChangeRefused unless it is to be done */
    void confirm(boolean yes, String question) throws ChangeRefused {
        if (!yes && !terminal.isPresent()) {
            throw new ChangeRefused("There is nobody to ask: give --yes if it is to be done.");
        }
        if (!yes && !terminal.confirm(question)) {
            throw new ChangeRefused("Not done.");
        }
    }
}
