package io.waypass.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloaderTests {

    @ParameterizedTest
    @CsvSource({
        "HTTPS_PROXY, http://proxy.example:3128",
        "https_proxy, proxy.example:3128",
        "https_proxy, http://somebody@proxy.example:3128/"
    })
    void goesThroughTheProxyThatTheEnvironmentNames(String name, String value) {
        assertThat(proxies(Map.of(name, value)))
                .extracting(proxy -> ((InetSocketAddress) proxy.address()).getHostString() + ":"
                        + ((InetSocketAddress) proxy.address()).getPort())
                .containsExactly("proxy.example:3128");
    }

    @Test
    void goesWhereTheJvmSaysIfTheEnvironmentNamesNone() {
        assertThat(Downloader.proxies(Map.of("HTTPS_PROXY", ""))).isEqualTo(ProxySelector.getDefault());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://DOMAIN\\somebody:secret@proxy.example:3128",
                "http://%zz@proxy.example",
                "proxy.example:99999"
            })
    void passesOverWhatIsNoAddress(String value) {
        assertThat(Downloader.proxies(Map.of("HTTPS_PROXY", value))).isEqualTo(ProxySelector.getDefault());
    }

    private static List<Proxy> proxies(Map<String, String> environment) {
        return Downloader.proxies(environment).select(URI.create("https://github.com/"));
    }
}
