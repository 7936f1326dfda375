package io.gerve.keylookup.api;

import io.gerve.keylookup.key.Account;
import io.gerve.keylookup.key.Login;
import io.gerve.lookup.LookupUnavailable;
import io.gerve.sql.Database;

/** Opens to the tests of this module what the API thinks of who administers a repository. */
public final class AdministratorsOfApi {
    private final MysqlAdministrators administrators;

    public AdministratorsOfApi(Database database) {
        this.administrators = new MysqlAdministrators(database);
    }

    /** {@code ADMINISTER 7}, {@code READ 7}, or {@code NONE} where the API says "Not Found". */
    public String right(Login owner, String name, Account asker) throws LookupUnavailable {
        return administrators
                .find(owner, name, asker)
                .filter(found -> found.right() != AdministeredRepository.Right.NONE)
                .map(found -> found.right() + " " + found.id())
                .orElse("NONE");
    }
}
