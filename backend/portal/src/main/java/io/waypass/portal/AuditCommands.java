package io.waypass.portal;

import io.waypass.audit.AuditChain;
import java.io.PrintStream;
import java.util.Map;
import java.util.Optional;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The command that verifies the audit trail; it needs the portal's database settings, and only reads. */
final class AuditCommands {

    private static final int DONE = 0;
    private static final int BROKEN = 1;
    private static final int CALLED_WRONGLY = 2;
    private static final int AWAY = 3;

    private static final String USAGE = """
            Usage:
              verify-audit-trail [<row>:<hash>]   verifies every row; with a mark that was printed earlier, also that its row is
                                                  still there, so that nothing was cut off
            It reads WAYPASS_DATABASE_URL, WAYPASS_DATABASE_USER (default waypass_portal) and WAYPASS_DATABASE_PASSWORD.
            Without a command the portal starts.""";

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    AuditCommands(Map<String, String> environment, PrintStream out, PrintStream err) {
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /** {@return the exit status: 0 whole, 1 broken, 2 called wrongly, 3 the database did not answer} */
    int run(String... args) {
        String url = environment.get("WAYPASS_DATABASE_URL");
        if (!args[0].equals("verify-audit-trail") || args.length > 2 || url == null || url.isBlank()) {
            err.println(USAGE);
            return CALLED_WRONGLY;
        }
        Optional<AuditChain.Mark> expected;
        try {
            expected = args.length == 2 ? Optional.of(AuditChain.Mark.of(args[1])) : Optional.empty();
        } catch (IllegalArgumentException e) {
            err.println(e.getMessage());
            return CALLED_WRONGLY;
        }
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl(url);
        database.setUser(environment.getOrDefault("WAYPASS_DATABASE_USER", "waypass_portal"));
        database.setPassword(environment.get("WAYPASS_DATABASE_PASSWORD"));
        try {
            return tell(new AuditChain(JdbcClient.create(database)).verify(expected));
        } catch (DataAccessException e) {
            err.println(
                    "The trail could not be read: " + e.getMostSpecificCause().getMessage());
            return AWAY;
        }
    }

    private int tell(AuditChain.Result result) {
        if (result.broken().isPresent()) {
            err.println("Row " + result.broken().get().id() + " is the first that is broken. "
                    + result.broken().get().what());
            err.println(result.last().map(mark -> "Whole up to " + mark + ".").orElse("No row before it."));
            return BROKEN;
        }
        out.println("The audit trail is whole: " + result.rows() + " rows.");
        result.last().ifPresent(mark -> out.println("Note down its end, and give it to the next call: " + mark));
        return DONE;
    }
}
