package io.waypass.db;

import org.flywaydb.core.api.exception.FlywayValidateException;

/**
 * The tables of a database were made by other migrations than this version has. Until the first release the baseline may be rewritten;
 * from then on a versioned migration is never edited, and this cannot happen by an upgrade.
 */
public final class DatabaseOfAnotherBaseline extends IllegalStateException {

    DatabaseOfAnotherBaseline(FlywayValidateException cause) {
        super(
                "The tables of this database were made by another development version of Waypass, and there is no way to bring them to"
                        + " this one before the first release. No table was changed. Give Waypass an empty database; for the sandbox,"
                        + " start it once with -Dsandbox.fresh=true.",
                cause);
    }
}
