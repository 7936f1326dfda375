package io.gerve.keyservice.web;

/**
 * Field of a form.
 *
 * @param value the entered text
 * @param error the error message, empty if the value is valid
 */
record FormField(String name, String label, String hint, String value, String error) {
    static FormField empty(String name, String label, String hint) {
        return new FormField(name, label, hint, "", "");
    }

    FormField with(String newValue, String newError) {
        return new FormField(name, label, hint, newValue, newError);
    }

    boolean hasError() {
        return !error.isEmpty();
    }
}
