package io.gerve.keylookup.directory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mojombo",
                "7",
                "john.doe",
                "j.r.r.tolkien",
                "a-b_c.d-",
                "123456789.123456789.123456789.123456789"
            })
    void usualLoginIsAccepted(String login) {
        assertThat(Login.parse(login)).hasValue(new Login(login));
    }

    /** The attack: a login that makes a path with "..", a hidden folder, or the address of another repository. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "..",
                ".john",
                "john.",
                "john..doe",
                "_john",
                "-john",
                "john/doe",
                "john doe",
                "jöhn",
                "john.git",
                "john.Git",
                "john@home",
                "john\n",
                "1234567890.1234567890.1234567890.123456.890"
            })
    void otherLoginIsRefused(String login) {
        assertThat(Login.parse(login)).isEmpty();
        assertThatThrownBy(() -> new Login(login)).isInstanceOf(IllegalArgumentException.class);
    }
}
