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
 * The local accounts that may send each kind of request. The agent trusts the fingerprint in a request to authorize a
 * command, so only one account may send it.
 *
 * @param keys the account that may look up keys
 * @param commands the account that may have commands authorized
 */
record PeerPermissions(UserPrincipal keys, UserPrincipal commands) {
    /**
     * Looks up the accounts that the settings name.
     *
     * @throws IOException if this machine has no such account
     */
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

    /** Returns the account of the peer, as the kernel reports it (SO_PEERCRED, unix(7)). */
    static UserPrincipal of(SocketChannel channel) throws IOException {
        return channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user();
    }

    boolean permits(AgentRequest request, UserPrincipal peer) {
        return switch (request) {
            case AgentRequest.FindKey _ -> peer.equals(keys);
            case AgentRequest.AuthorizeCommand _ -> peer.equals(commands);
        };
    }

    boolean permitsAny(UserPrincipal peer) {
        return peer.equals(keys) || peer.equals(commands);
    }
}
