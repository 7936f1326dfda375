package io.gerve.agent;

import io.gerve.agent.protocol.AgentRequest;
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
record PeerPermissions(UserPrincipal keys, UserPrincipal commands) {
    /** @throws IOException if this machine has no such account */
    static PeerPermissions of(AgentSettings settings) throws IOException {
        return new PeerPermissions(
                account("agent.keys_user", settings.keysUser()), account("agent.user", settings.user()));
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

    boolean permits(AgentRequest question, UserPrincipal asker) {
        return switch (question) {
            case AgentRequest.FindKey _ -> asker.equals(keys);
            case AgentRequest.AuthorizeCommand _ -> asker.equals(commands);
        };
    }

    boolean permitsAny(UserPrincipal asker) {
        return asker.equals(keys) || asker.equals(commands);
    }
}
