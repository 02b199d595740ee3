package io.waypass.certificate;

import io.waypass.certificate.OpenSslKit.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One shape in which people have what is asked for, and what is made of it.
 *
 * @param what as a person would call it
 * @param key type of the leaf's key
 * @param commands that make it from the files of an {@link OpenSslKit}
 * @param client what is given for the client
 * @param ca what is given as CA bundle
 * @param passphrase that is given
 * @param readAs what each part is recognised as, the CA bundle's last
 * @param chain files whose certificates make up the chain that is stored
 * @param bundle files whose certificates make up the CA bundle that is stored
 * @param told codes of the warnings and notes
 */
record Shape(
        String what,
        Key key,
        List<String> commands,
        List<Given> client,
        List<Given> ca,
        String passphrase,
        List<String> readAs,
        List<String> chain,
        List<String> bundle,
        List<String> told) {

    /** A file in a field. */
    record Given(Part.Field field, String file) {}

    static Shape of(String what, Key key) {
        return new Shape(
                what,
                key,
                List.of(),
                List.of(),
                List.of(new Given(Part.Field.CA_BUNDLE, "partner.pem")),
                "",
                List.of(),
                List.of("leaf.pem", "ca-2.pem", "ca-1.pem"),
                List.of("partner.pem"),
                List.of());
    }

    Shape made(String... by) {
        return new Shape(what, key, List.of(by), client, ca, passphrase, readAs, chain, bundle, told);
    }

    /** Files as a browser hands them in, where there is one field for all of the client's. */
    Shape given(String... files) {
        Shape shape = this;
        for (String file : files) {
            shape = shape.given(Part.Field.CHAIN, file);
        }
        return shape;
    }

    Shape given(Part.Field field, String file) {
        return new Shape(
                what, key, commands, with(client, new Given(field, file)), ca, passphrase, readAs, chain, bundle, told);
    }

    Shape ca(String... files) {
        List<Given> given = Stream.of(files)
                .map(file -> new Given(Part.Field.CA_BUNDLE, file))
                .toList();
        return new Shape(what, key, commands, client, given, passphrase, readAs, chain, bundle, told);
    }

    Shape opened(String by) {
        return new Shape(what, key, commands, client, ca, by, readAs, chain, bundle, told);
    }

    Shape readAs(String... forms) {
        return new Shape(what, key, commands, client, ca, passphrase, List.of(forms), chain, bundle, told);
    }

    Shape chain(String... files) {
        return new Shape(what, key, commands, client, ca, passphrase, readAs, List.of(files), bundle, told);
    }

    Shape bundle(String... files) {
        return new Shape(what, key, commands, client, ca, passphrase, readAs, chain, List.of(files), told);
    }

    Shape told(String... codes) {
        return new Shape(what, key, commands, client, ca, passphrase, readAs, chain, bundle, List.of(codes));
    }

    private static <T> List<T> with(List<T> list, T more) {
        List<T> longer = new ArrayList<>(list);
        longer.add(more);
        return List.copyOf(longer);
    }

    @Override
    public String toString() {
        return what + ", " + key.description();
    }
}
