package io.gerve.packaging.quickstart;

import io.gerve.packaging.site.Site;
import java.io.PrintStream;

/** Says what is there to try, ready to paste into another terminal. */
final class Guide {
    private final Site site;
    private final PrintStream out;

    Guide(Site site, PrintStream out) {
        this.site = site;
        this.out = out;
    }

    void print() {
        out.println();
        out.println("Gerve runs, on port " + site.gate().port() + " of 127.0.0.1. In another terminal, paste first:");
        out.println();
        out.println("  cd " + site.shell().folder());
        site.environment().forEach((name, value) -> out.println("  export " + name + "=" + quoted(name, value)));
        out.println();
        out.println("and then try, for example:");
        Tour.basics(site).forEach(step -> {
            out.println();
            out.println("  # " + step.title());
            out.println("  " + step.command());
        });
        out.println();
        out.println("  # Operate it by hand");
        out.println("  gerve --help");
        out.println("  gerve repo list");
        out.println();
        out.println("Logs: " + site.folder() + "/*.log. Ctrl-C stops everything and removes the folder.");
        out.flush();
    }

    private static String quoted(String name, String value) {
        return name.equals("PATH") ? "'" + value.split(":", 2)[0] + "':\"$PATH\"" : "'" + value + "'";
    }
}
