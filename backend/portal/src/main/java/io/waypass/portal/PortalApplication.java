package io.waypass.portal;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The portal. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class PortalApplication {

    /**
     * Starts the portal, or runs a command.
     *
     * @param args Spring Boot's own, or {@code verify-audit-trail}
     */
    public static void main(String[] args) {
        if (args.length > 0 && !args[0].startsWith("--")) {
            System.exit(new AuditCommands(System.getenv(), System.out, System.err).run(args));
        }
        SpringApplication.run(PortalApplication.class, args);
    }
}
