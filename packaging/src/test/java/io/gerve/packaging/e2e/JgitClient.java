package io.gerve.packaging.e2e;

import io.gerve.testbed.process.CommandResult;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.api.TransportConfigCallback;
import org.eclipse.jgit.api.errors.GitAPIException;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.SshTransport;

/**
 * JGit on an SSH library, in this process.
 *
 * @param sessions the library, logging in with a private key
 */
record JgitClient(String name, String version, int port, Function<Path, SshSessionFactory> sessions)
        implements GitClient {
    @Override
    public CommandResult run(Operation operation, Target target) throws Exception {
        try {
            run(operation, target, "ssh://git@127.0.0.1:%d/%s.git".formatted(port, target.repository()));
            return new CommandResult(operation.name(), 0, "");
        } catch (GitAPIException e) {
            String causes = Stream.iterate((Throwable) e, Objects::nonNull, Throwable::getCause)
                    .map(Throwable::getMessage)
                    .collect(Collectors.joining("\n"));
            return new CommandResult(operation.name(), 1, causes);
        }
    }

    private void run(Operation operation, Target target, String url) throws Exception {
        SshSessionFactory library = sessions.apply(target.key());
        TransportConfigCallback ssh = transport -> ((SshTransport) transport).setSshSessionFactory(library);
        if (operation == Operation.LIST) {
            Git.lsRemoteRepository()
                    .setRemote(url)
                    .setTransportConfigCallback(ssh)
                    .call();
        } else if (operation == Operation.CLONE) {
            Git.cloneRepository()
                    .setURI(url)
                    .setDirectory(target.folder().toFile())
                    .setTransportConfigCallback(ssh)
                    .call()
                    .close();
        } else {
            try (Git git = Git.open(target.folder().toFile())) {
                if (operation == Operation.FETCH) {
                    git.fetch().setTransportConfigCallback(ssh).call();
                } else {
                    git.push()
                            .setRefSpecs(new RefSpec("refs/heads/main:refs/heads/" + target.branch()))
                            .setTransportConfigCallback(ssh)
                            .call();
                }
            }
        }
    }
}
