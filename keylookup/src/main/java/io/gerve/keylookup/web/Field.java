package io.gerve.keylookup.web;

/**
 * One field of a form.
 *
 * @param value what stands in it
 * @param error what is wrong with that, empty if nothing is
 */
record Field(String name, String label, String hint, String value, String error) {
    static Field empty(String name, String label, String hint) {
        return new Field(name, label, hint, "", "");
    }

    Field with(String newValue, String newError) {
        return new Field(name, label, hint, newValue, newError);
    }

    boolean isWrong() {
        return !error.isEmpty();
    }
}
