package io.waypass.applier;

import io.waypass.applier.sealing.SealingKeysetCommands;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The applier. With a command it makes or changes a sealing keyset and ends; without one it plans, applies and observes.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ApplierApplication {

    /**
     * Starts the applier, or runs a command on a sealing keyset.
     *
     * @param args none, or a command such as {@code create-sealing-keyset} and its arguments
     */
    public static void main(String[] args) {
        if (args.length > 0 && !args[0].startsWith("--")) {
            System.exit(new SealingKeysetCommands(System.out, System.err).run(args));
        }
        SpringApplication.run(ApplierApplication.class, args);
    }
}
