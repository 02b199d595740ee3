package io.waypass.identity;

import io.waypass.access.Person;
import io.waypass.app.App;
import io.waypass.app.Apps;
import io.waypass.certificate.CertificateIntake;
import io.waypass.certificate.CertificateSubmission;
import io.waypass.certificate.Certificates;
import io.waypass.certificate.Certificates.Use;
import io.waypass.certificate.Circumstances;
import io.waypass.certificate.Judgement;
import io.waypass.certificate.StoredCertificate;
import io.waypass.destination.Destination;
import io.waypass.destination.Destinations;
import io.waypass.refusal.NotFound;
import java.util.Optional;

/** Judges a certificate for an app and a destination, without storing it. */
public final class CertificateInspection {

    private final Apps apps;
    private final Destinations destinations;
    private final Certificates certificates;
    private final CertificateIntake intake;

    public CertificateInspection(
            Apps apps, Destinations destinations, Certificates certificates, CertificateIntake intake) {
        this.apps = apps;
        this.destinations = destinations;
        this.certificates = certificates;
        this.intake = intake;
    }

    /**
     * Judges a certificate without storing it.
     *
     * @param app {@code app_…}; empty, or unknown to the person, if it is not chosen yet
     * @param destination slug; empty or unknown if it is not chosen yet
     * @param submission closed by the caller
     */
    public Judgement inspect(Person person, String app, String destination, CertificateSubmission submission) {
        return judge(person, app(person, app), destinations.entry(destination), submission)
                .withoutCredential();
    }

    public Judgement judge(
            Person person, Optional<App> app, Optional<Destinations.Entry> entry, CertificateSubmission submission) {
        Optional<Destination> destination = entry.map(Destinations.Entry::destination);
        Optional<String> catalogueCa = destination.flatMap(Destination::caBundlePem);
        Optional<StoredCertificate> replaced = app.isPresent() && destination.isPresent()
                ? certificates.desired(app.get().id(), destination.get().id())
                : Optional.empty();
        return intake.judge(
                catalogueCa.map(submission::withCaBundleIfNone).orElse(submission),
                new Circumstances(
                        replaced.map(StoredCertificate::facts),
                        replaced.map(StoredCertificate::caBundlePem),
                        catalogueCa,
                        fingerprint -> certificates
                                .usedElsewhere(
                                        fingerprint,
                                        app.map(App::id).orElse(0L),
                                        destination.map(Destination::id).orElse(0L))
                                .map(use -> words(person, use))));
    }

    /** The identity that uses a certificate, as far as the person may know it. */
    private static String words(Person person, Use use) {
        return person.admin() || person.memberOf(use.team())
                ? use.app() + " in " + use.namespace() + " at " + use.destination() + " (team " + use.team() + ")"
                : "an identity of another team";
    }

    private Optional<App> app(Person person, String id) {
        try {
            return Optional.of(apps.find(person, id));
        } catch (NotFound _) {
            return Optional.empty();
        }
    }
}
