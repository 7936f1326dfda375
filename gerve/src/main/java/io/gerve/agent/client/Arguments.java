package io.gerve.agent.client;

import java.util.List;

/**
 * What a thin client was called with: {@code [--socket PATH] VALUE…}.
 *
 * @param socket the agent's
 */
record Arguments(String socket, List<String> values) {
    private static final String SOCKET = "--socket";

    static Arguments of(List<String> words) {
        boolean isSocketGiven = words.size() >= 2 && words.getFirst().equals(SOCKET);
        return isSocketGiven
                ? new Arguments(words.get(1), words.subList(2, words.size()))
                : new Arguments(AgentClient.USUAL_SOCKET, words);
    }
}
