package io.strider.cli;

import io.strider.blas.EarlyLinking;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * The command {@code strider}: hands over to its subcommands.
 *
 * <p>{@link #main} is the way in of a process. Not for use by other code.
 */
@Command(
        name = "strider",
        mixinStandardHelpOptions = true,
        versionProvider = Strider.Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Convolutions on .npy files through the system's OpenBLAS.",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%n",
        footer = {
            "Each command has its own help: strider conv2d --help",
            "Exit codes: 0 done, 1 a failure of ours, 2 bad arguments or bad input, 3 done but for some"
                    + " pictures that could not be read.",
            "",
            "Example:",
            "  strider demo"
        })
public final class Strider extends StriderCommand {

    /** In the order of the help. */
    private static final List<Subcommand> SUBCOMMANDS =
            List.of(
                    new Subcommand("demo", true, DemoCommand::new),
                    new Subcommand("check", false, CheckCommand::new),
                    new Subcommand("embed", true, _ -> new EmbedCommand()),
                    new Subcommand("compare", true, _ -> new CompareCommand()),
                    new Subcommand("serve", true, _ -> new ServeCommand()),
                    new Subcommand("explain", true, _ -> new ExplainCommand()),
                    new Subcommand("run", true, _ -> new RunCommand()),
                    new Subcommand("load", false, _ -> new LoadCommand()),
                    new Subcommand("health", false, _ -> new HealthCommand(System.getenv())),
                    new Subcommand("conv2d", false, _ -> new Conv2dCommand()),
                    new Subcommand("im2col", false, _ -> new Im2colCommand()),
                    new Subcommand("col2im", false, _ -> new Col2imCommand()),
                    new Subcommand("info", false, _ -> new InfoCommand()));

    /**
     * A command of this one.
     *
     * @param name as its annotation says
     * @param runsNetworks whether OpenBLAS may be made ready while its arguments are read
     */
    private record Subcommand(
            String name, boolean runsNetworks, Function<GoldenCases, StriderCommand> create) {}

    private Strider() {}

    /**
     * Runs one command and ends the process with its exit code.
     *
     * @param arguments the command and its options; {@code --help} lists them
     */
    public static void main(String[] arguments) {
        // Nothing is shown on a screen, also where there is one.
        setDefault("java.awt.headless", "true");
        // A warning is one line, as all that we write to standard error.
        setDefault("java.util.logging.SimpleFormatter.format", "strider: %5$s%n");
        PrintWriter out = writer(FileDescriptor.out, "stdout.encoding");
        PrintWriter err = writer(FileDescriptor.err, "stderr.encoding");
        int code =
                commandLine(GoldenCases.packaged(), arguments)
                        .setOut(out)
                        .setErr(err)
                        .execute(arguments);
        if (out.checkError() && code == ExitCode.DONE) {
            err.println("strider: standard output: could not be written");
            code = ExitCode.BAD_INPUT;
        }
        err.flush();
        System.exit(code);
    }

    private static void setDefault(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Containers mostly run without a locale, and Java then takes the terminal for ASCII; it is
     * not.
     */
    private static PrintWriter writer(FileDescriptor descriptor, String encodingProperty) {
        String name = System.getProperty(encodingProperty, "");
        Charset charset =
                Charset.isSupported(name.isEmpty() ? "?" : name)
                        ? Charset.forName(name)
                        : StandardCharsets.UTF_8;
        return new PrintWriter(
                new OutputStreamWriter(
                        new FileOutputStream(descriptor),
                        charset.equals(StandardCharsets.US_ASCII)
                                ? StandardCharsets.UTF_8
                                : charset),
                true);
    }

    /** The command line with all commands; {@code cases} are what {@code check} and demo use. */
    static CommandLine commandLine(GoldenCases cases) {
        return commandLine(SUBCOMMANDS, cases);
    }

    /**
     * For these arguments: with the command alone that they name, if they begin with one. Reading
     * what all the commands take costs a process a tenth of a second or more.
     */
    static CommandLine commandLine(GoldenCases cases, String... arguments) {
        List<Subcommand> named =
                SUBCOMMANDS.stream()
                        .filter(command ->
                                arguments.length > 0 && command.name.equals(arguments[0]))
                        .toList();
        if (named.stream().anyMatch(Subcommand::runsNetworks)) {
            EarlyLinking.begin();
        }
        return commandLine(named.isEmpty() ? SUBCOMMANDS : named, cases);
    }

    private static CommandLine commandLine(List<Subcommand> commands, GoldenCases cases) {
        CommandLine line = new CommandLine(new Strider());
        commands.forEach(command -> line.addSubcommand(command.create.apply(cases)));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setUsageHelpWidth(100);
        line.setUsageHelpLongOptionsMaxWidth(34);
        line.setParameterExceptionHandler(Failures::ofArguments);
        return line;
    }

    @Override
    int run() {
        err().println("strider: no command given");
        err().println();
        spec().commandLine().usage(err());
        return ExitCode.BAD_INPUT;
    }

    /** Reads the version from the jar's manifest. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"strider " + text()};
        }

        static String text() {
            String version = Strider.class.getPackage().getImplementationVersion();
            return version == null ? "development" : version;
        }
    }
}
