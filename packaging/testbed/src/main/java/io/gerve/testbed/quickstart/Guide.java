package io.gerve.testbed.quickstart;

import io.gerve.testbed.site.TestSite;
import java.io.IOException;
import java.io.PrintStream;

/** Says what is there to try, ready to paste into another terminal. */
final class Guide {
    private final TestSite site;
    private final String token;
    private final PrintStream out;

    /** @param token of mojombo */
    Guide(TestSite site, String token, PrintStream out) {
        this.site = site;
        this.token = token;
        this.out = out;
    }

    void print() throws IOException {
        out.println();
        out.println("Gerve runs, on port " + site.gate().port() + " of 127.0.0.1, and its service for keys at");
        out.println();
        out.println("  " + site.keyService().url() + "/");
        out.println();
        out.println("where this token is mojombo's: " + token);
        out.println();
        out.println("In another terminal, paste first:");
        out.println();
        out.println("  cd " + site.shell().folder());
        site.environment().forEach((name, value) -> out.println("  export " + name + "=" + quoted(name, value)));
        out.println("  export GERVE_TOKEN='" + token + "'");
        out.println();
        out.println("and then try, for example:");
        Tour.basics(site).forEach(step -> {
            out.println();
            out.println("  # " + step.title());
            out.println("  " + step.command());
        });
        out.println();
        out.println("  # Add a key through GitHub's API for keys, use it, and delete it by the id that is answered");
        out.println("  " + new NewLaptop(site).adding().asCurl());
        out.println("  git clone as-laptop:mojombo/bert.git with-the-new-key");
        out.println("  " + NewLaptop.deleting("ID").asCurl());
        out.println();
        out.println("  # Operate it by hand");
        out.println("  gerve --help");
        out.println("  gerve repo list");
        out.println("  gerve audit log");
        out.println("  gerve audit repo github/hub");
        out.println();
        out.println("  # Metrics and health of the gate and the key service");
        out.println("  curl " + site.gate().metricsUrl() + "/metrics");
        out.println("  curl " + site.gate().metricsUrl() + "/readyz");
        out.println("  curl " + site.keyService().metricsUrl() + "/metrics");
        out.println();
        out.println("Logs: " + site.folder() + "/*.log. Ctrl-C stops everything and removes the folder.");
        out.flush();
    }

    private static String quoted(String name, String value) {
        return name.equals("PATH") ? "'" + value.split(":", 2)[0] + "':\"$PATH\"" : "'" + value + "'";
    }
}
