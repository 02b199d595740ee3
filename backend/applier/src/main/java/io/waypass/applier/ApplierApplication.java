package io.waypass.applier;

import io.waypass.sealing.SealingKeyset;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/**
 * The applier. {@code create-sealing-keyset <file>} makes a keyset and ends; without arguments it plans, applies and
 * observes.
 */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ApplierApplication {

    /**
     * Starts the applier, or makes a keyset.
     *
     * @param args none, or {@code create-sealing-keyset} and a file
     */
    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("create-sealing-keyset")) {
            System.exit(createSealingKeyset(args));
        }
        SpringApplication.run(ApplierApplication.class, args);
    }

    static int createSealingKeyset(String[] args) {
        if (args.length != 2) {
            System.err.println("Usage: create-sealing-keyset <file>");
            return 2;
        }
        Path file = Path.of(args[1]);
        try {
            SealingKeyset.generate().write(file);
            System.out.println("Made the sealing keyset " + file
                    + ". Keep a copy in a safe place: keys that were sealed for it open with it alone.");
            return 0;
        } catch (FileAlreadyExistsException e) {
            System.err.println(
                    file + " exists and was left as it is: keys that were sealed for it open with it alone.");
            return 1;
        } catch (IOException e) {
            System.err.println("The sealing keyset could not be written to " + file + ": " + e.getMessage());
            return 1;
        }
    }
}
