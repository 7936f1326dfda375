package io.gerve.keyservice.web;

/**
 * One field of a form.
 *
 * @param value what stands in it
 * @param error what is wrong with that, empty if nothing is
 */
record FormField(String name, String label, String hint, String value, String error) {
    static FormField empty(String name, String label, String hint) {
        return new FormField(name, label, hint, "", "");
    }

    FormField with(String newValue, String newError) {
        return new FormField(name, label, hint, newValue, newError);
    }

    boolean isWrong() {
        return !error.isEmpty();
    }
}
