package io.gerve.agent;

import io.gerve.agent.protocol.Question;
import io.gerve.config.AgentSettings;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import jdk.net.ExtendedSocketOptions;

/**
 * Who may ask what. Whoever may ask about commands is believed as to whose key it is, so that is one account alone.
 *
 * @param keys may ask whose a key is
 * @param commands may ask what is to become of a command
 */
record Askers(UserPrincipal keys, UserPrincipal commands) {
    /** @throws IOException if this machine has no such account */
    static Askers of(AgentSettings settings) throws IOException {
        return new Askers(account("agent.keys_user", settings.keysUser()), account("agent.user", settings.user()));
    }

    private static UserPrincipal account(String setting, String name) throws IOException {
        try {
            return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException(setting + ": this machine has no account " + name, e);
        }
    }

    /** Who is at the other end, as the kernel says (SO_PEERCRED of unix(7)). */
    static UserPrincipal of(SocketChannel channel) throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    }

    boolean mayAsk(Question question, UserPrincipal asker) {
        return switch (question) {
            case Question.OfKey _ -> asker.equals(keys);
            case Question.OfCommand _ -> asker.equals(commands);
        };
    }

    boolean mayAskAnything(UserPrincipal asker) {
        return asker.equals(keys) || asker.equals(commands);
    }
}
