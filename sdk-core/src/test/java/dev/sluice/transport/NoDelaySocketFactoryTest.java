package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

class NoDelaySocketFactoryTest {
    private final NoDelaySocketFactory factory = new NoDelaySocketFactory();

    @Test
    void makes_sockets_without_delay_that_stay_so_when_connected() throws IOException {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Socket socket = factory.createSocket()) {
            assertThat(socket.isConnected()).isFalse();
            socket.connect(server.getLocalSocketAddress());
            assertThat(socket.getTcpNoDelay()).isTrue();
        }
    }

    @Test
    void makes_the_sockets_of_an_http_client_that_does_nothing_by_itself() {
        try (StreamApi api =
                StreamApi.builder().baseUrl("http://h").apiKey(ApiKey.of("k")).build()) {
            assertThat(api.http().socketFactory()).isInstanceOf(NoDelaySocketFactory.class);
            assertThat(api.http().retryOnConnectionFailure()).isFalse();
            assertThat(api.http().followRedirects()).isFalse();
            assertThat(api.http().followSslRedirects()).isFalse();
        }
    }

    @Test
    void makes_connected_sockets_without_delay() throws IOException {
        InetAddress here = InetAddress.getLoopbackAddress();
        try (ServerSocket server = new ServerSocket(0, 5, here)) {
            int port = server.getLocalPort();
            for (Socket socket : List.of(
                    factory.createSocket(here, port),
                    factory.createSocket(here.getHostAddress(), port),
                    factory.createSocket(here, port, here, 0),
                    factory.createSocket(here.getHostAddress(), port, here, 0))) {
                assertThat(socket.isConnected()).isTrue();
                assertThat(socket.getTcpNoDelay()).isTrue();
                socket.close();
            }
        }
    }
}
