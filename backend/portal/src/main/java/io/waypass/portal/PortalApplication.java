package io.waypass.portal;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** The portal. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class PortalApplication {

    /**
     * Starts the portal.
     *
     * @param args Spring Boot's own
     */
    public static void main(String[] args) {
        SpringApplication.run(PortalApplication.class, args);
    }
}
