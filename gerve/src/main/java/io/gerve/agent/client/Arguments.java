package io.gerve.agent.client;

import java.util.List;

/**
 * The arguments of a thin client: {@code [--socket PATH] VALUE…}.
 *
 * @param socket the path of the agent's socket
 */
record Arguments(String socket, List<String> values) {
    private static final String SOCKET = "--socket";

    static Arguments of(List<String> arguments) {
        boolean isSocketGiven = arguments.size() >= 2 && arguments.getFirst().equals(SOCKET);
        return isSocketGiven
                ? new Arguments(arguments.get(1), arguments.subList(2, arguments.size()))
                : new Arguments(AgentClient.DEFAULT_SOCKET, arguments);
    }
}
