package io.gerve.keylookup.token;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessTokenTest {
    private final AccessToken token = AccessToken.generate(new SecureRandom());

    @Test
    void generatedTokenIsParsed() {
        assertThat(token.secret()).matches("gerve_[0-9A-Za-z]{46}");
        assertThat(AccessToken.parse(token.secret()).orElseThrow().sha256()).isEqualTo(token.sha256());
        assertThat(AccessToken.generate(new SecureRandom()).sha256()).isNotEqualTo(token.sha256());
    }

    @Test
    void tokenWithWrongChecksumOrFormIsRefused() {
        char[] other = token.secret().toCharArray();
        other[20] = other[20] == 'x' ? 'y' : 'x';
        assertThat(AccessToken.parse(new String(other))).isEmpty();
        assertThat(AccessToken.parse(token.secret() + "0")).isEmpty();
        assertThat(AccessToken.parse(token.secret() + "\n")).isEmpty();
        assertThat(AccessToken.parse("")).isEmpty();
    }

    @Test
    void toStringOmitsSecret() {
        assertThat(token.toString()).isEqualTo("gerve_…");
    }

    @Test
    void adminScopeIncludesReadAndRepoScopeIsSeparate() {
        assertThat(TokenScope.ADMIN_PUBLIC_KEY.includes(TokenScope.READ_PUBLIC_KEY))
                .isTrue();
        assertThat(TokenScope.WRITE_PUBLIC_KEY.includes(TokenScope.ADMIN_PUBLIC_KEY))
                .isFalse();
        assertThat(TokenScope.REPO.includes(TokenScope.READ_PUBLIC_KEY)).isFalse();
        assertThat(TokenScope.ADMIN_PUBLIC_KEY.includes(TokenScope.REPO)).isFalse();
    }

    @Test
    void unknownScopesAreIgnored() {
        Set<TokenScope> all = EnumSet.allOf(TokenScope.class);
        assertThat(TokenScope.parseAll(TokenScope.labels(all, " "))).isEqualTo(all);
        assertThat(TokenScope.parseAll("admin:all repo REPO")).containsExactly(TokenScope.REPO);
        assertThat(TokenScope.parseAll("")).isEmpty();
    }
}
