package org.skyway.vswitch.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Semaphore;
import javax.net.ssl.SSLException;
import org.skyway.vswitch.fault.Faults;

/// Answers requests of one connection, one after another. What asks the switch waits on a thread of
/// its own, of which there are few: the others are told to come again.
final class WebHandler extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TEXT = "text/plain; charset=utf-8";
    private static final String EVENTS = "text/event-stream";
    private static final String JSON_TYPE = "application/json";

    private final Shared shared;

    /// What all connections have in common.
    ///
    /// @param guard who may ask
    /// @param board who is asked
    /// @param watchers who watches
    /// @param metrics for scrapers
    /// @param asking one for each request to the switch that may be under way
    /// @param faults where errors that were survived are counted
    record Shared(
            WebGuard guard,
            Switchboard board,
            Watchers watchers,
            PrometheusPage metrics,
            Semaphore asking,
            Faults faults) {}

    /// What a request comes to.
    private record Answer(HttpResponseStatus status, String type, byte[] body) {
        static Answer of(HttpResponseStatus status, String text) {
            return new Answer(status, TEXT, (text + "\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    @FunctionalInterface
    private interface Work {
        Answer answer() throws IOException;
    }

    /// Who waits for an answer.
    ///
    /// @param keep whether the connection goes on behind it
    /// @param head whether only what would be answered is to be said
    private record Client(ChannelHandlerContext context, boolean keep, boolean head) {
        void send(Answer answer) {
            DefaultFullHttpResponse response =
                    new DefaultFullHttpResponse(
                            HttpVersion.HTTP_1_1,
                            answer.status(),
                            head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(answer.body()));
            secure(response.headers())
                    .set(HttpHeaderNames.CONTENT_TYPE, answer.type())
                    .set(HttpHeaderNames.CONTENT_LENGTH, answer.body().length)
                    .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
            answer(context, response, keep);
        }

        void send(HttpResponseStatus status, String text) {
            send(Answer.of(status, text));
        }
    }

    WebHandler(Shared shared) {
        this.shared = shared;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        boolean keep = HttpUtil.isKeepAlive(request);
        HttpHeaders headers = request.headers();
        if (request.decoderResult().isFailure()) {
            new Client(context, false, false).send(unreadable(request.decoderResult().cause()));
            return;
        }
        Client client = new Client(context, keep, false);
        String refusal = shared.guard().refuses(headers);
        if (refusal != null) {
            client.send(HttpResponseStatus.FORBIDDEN, refusal);
            return;
        }
        QueryStringDecoder query;
        String path;
        try {
            query = new QueryStringDecoder(request.uri());
            path = query.path();
        } catch (IllegalArgumentException e) {
            client.send(HttpResponseStatus.BAD_REQUEST, "that is no path");
            return;
        }
        client = new Client(context, keep, request.method().equals(HttpMethod.HEAD));
        boolean get = client.head || request.method().equals(HttpMethod.GET);
        String token = argument(query, "token");
        if (get && path.equals("/") && token != null) {
            login(context, token);
            return;
        }
        if (shared.guard().guardsLooking() && !shared.guard().knowsToken(headers)) {
            client.send(
                    HttpResponseStatus.UNAUTHORIZED,
                    "this needs the token: open /?token=TOKEN, or send `Authorization: Bearer TOKEN`");
            return;
        }
        String bridge = argument(query, "bridge");
        if (bridge != null && !shared.board().bridges().contains(bridge)) {
            client.send(HttpResponseStatus.NOT_FOUND, "there is no bridge of that name");
        } else if (get) {
            get(client, path, query, headers);
        } else if (request.method().equals(HttpMethod.POST)) {
            String body = request.content().toString(StandardCharsets.UTF_8);
            post(client, path, bridge, body, headers);
        } else {
            client.send(
                    HttpResponseStatus.METHOD_NOT_ALLOWED,
                    "only GET, HEAD and POST are known here");
        }
    }

    private static Answer unreadable(Throwable why) {
        return switch (why) {
            case TooLongHttpLineException _ ->
                    Answer.of(
                            HttpResponseStatus.REQUEST_URI_TOO_LONG,
                            "a request's first line has at most %d bytes"
                                    .formatted(WebServer.LONGEST_LINE));
            case TooLongHttpHeaderException _ ->
                    Answer.of(
                            HttpResponseStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                            "a request's headers have at most %d bytes"
                                    .formatted(WebServer.LONGEST_LINE));
            default -> Answer.of(HttpResponseStatus.BAD_REQUEST, "that is no HTTP request");
        };
    }

    private static String argument(QueryStringDecoder query, String name) {
        try {
            List<String> values = query.parameters().get(name);
            return values == null ? null : values.getFirst();
        } catch (IllegalArgumentException e) {
            return null; // an escape that is none
        }
    }

    private void login(ChannelHandlerContext context, String token) {
        if (!shared.guard().isToken(token)) {
            new Client(context, false, false)
                    .send(HttpResponseStatus.UNAUTHORIZED, "that is not the token");
            return;
        }
        HttpResponse response =
                new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1, HttpResponseStatus.SEE_OTHER, Unpooled.EMPTY_BUFFER);
        response.headers()
                .set(HttpHeaderNames.LOCATION, "/")
                .set(
                        HttpHeaderNames.SET_COOKIE,
                        "%s=%s; HttpOnly; SameSite=Strict; Path=/%s"
                                .formatted(
                                        WebGuard.COOKIE,
                                        token.strip(),
                                        shared.guard().isSecure() ? "; Secure" : ""))
                .set(HttpHeaderNames.CONTENT_LENGTH, 0);
        answer(context, response, false);
    }

    private void get(Client client, String path, QueryStringDecoder query, HttpHeaders headers) {
        String bridge = argument(query, "bridge");
        switch (path) {
            case "/metrics" ->
                    later(
                            client,
                            () -> {
                                var page =
                                        shared.metrics()
                                                .scrape(headers.get(HttpHeaderNames.ACCEPT));
                                return new Answer(HttpResponseStatus.OK, page.type(), page.bytes());
                            });
            case "/api/stream" -> {
                if (client.head) {
                    client.send(new Answer(HttpResponseStatus.OK, EVENTS, new byte[0]));
                } else {
                    stream(client.context, bridge);
                }
            }
            case "/api/state" -> later(client, () -> json(shared.watchers().once(bridge)));
            case "/api/explain" -> {
                String port = argument(query, "port");
                later(
                        client,
                        () ->
                                port == null
                                        ? Answer.of(
                                                HttpResponseStatus.BAD_REQUEST,
                                                "say which port: /api/explain?port=NAME")
                                        : asked(bridge, request("p2p-explain").put("port", port)));
            }
            default -> {
                PageFiles.File file = PageFiles.of(path);
                client.send(
                        file == null
                                ? Answer.of(
                                        HttpResponseStatus.NOT_FOUND,
                                        "there is no such page; there are /, /metrics and /api/state")
                                : new Answer(HttpResponseStatus.OK, file.type(), file.bytes()));
            }
        }
    }

    private void post(Client client, String path, String bridge, String body, HttpHeaders headers) {
        switch (path) {
            // Changes nothing, so it needs no token.
            case "/api/what-if" -> later(client, () -> whatIf(bridge, body));
            case "/api/bypass" -> {
                if (shared.guard().knowsToken(headers)) {
                    later(client, () -> bypass(bridge, body));
                } else {
                    client.send(
                            HttpResponseStatus.UNAUTHORIZED,
                            shared.guard().hasToken()
                                    ? "this changes something, so it needs the token"
                                    : "this changes something, so it needs a token; start the switch with --http-token-file");
                }
            }
            default -> client.send(HttpResponseStatus.NOT_FOUND, "there is nothing to post to");
        }
    }

    private static Answer json(JsonNode node) throws JsonProcessingException {
        return new Answer(HttpResponseStatus.OK, JSON_TYPE, JSON.writeValueAsBytes(node));
    }

    private Answer whatIf(String bridge, String body) throws JsonProcessingException {
        ObjectNode request = request("p2p-what-if");
        var lines = request.putArray("lines");
        body.lines().forEach(lines::add);
        return asked(bridge, request);
    }

    private Answer bypass(String bridge, String body) throws JsonProcessingException {
        JsonNode wanted;
        try {
            wanted = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            wanted = null;
        }
        return wanted == null || !wanted.path("on").isBoolean()
                ? Answer.of(HttpResponseStatus.BAD_REQUEST, "say {\"on\": true} or {\"on\": false}")
                : asked(bridge, request("bypass").set("on", wanted.get("on")));
    }

    private static ObjectNode request(String command) {
        return JSON.createObjectNode().put("command", command);
    }

    private Answer asked(String bridge, ObjectNode request) throws JsonProcessingException {
        ObjectNode answer = shared.board().ask(PageState.named(shared.board(), bridge, request));
        return answer.has("error")
                ? Answer.of(HttpResponseStatus.UNPROCESSABLE_ENTITY, answer.get("error").asText())
                : json(answer.path("result"));
    }

    // The next request of this connection is not read before this one is answered.
    private void later(Client client, Work work) {
        if (!shared.asking().tryAcquire()) {
            client.send(
                    HttpResponseStatus.SERVICE_UNAVAILABLE,
                    "many others are asking the switch; try again");
            return;
        }
        ChannelHandlerContext context = client.context;
        context.channel().config().setAutoRead(false);
        Thread.ofVirtual()
                .name("http-request")
                .start(() -> {
                    Answer answer;
                    try {
                        answer = work.answer();
                    } catch (Throwable e) {
                        shared.faults().record("http: request", e);
                        answer =
                                Answer.of(
                                        HttpResponseStatus.INTERNAL_SERVER_ERROR,
                                        "that went wrong; `skyway ctl show` counts it");
                    } finally {
                        shared.asking().release();
                    }
                    client.send(answer);
                    context.channel().config().setAutoRead(true);
                });
    }

    private void stream(ChannelHandlerContext context, String bridge) {
        HttpResponse response =
                new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        secure(response.headers())
                .set(HttpHeaderNames.CONTENT_TYPE, EVENTS)
                .set(HttpHeaderNames.CACHE_CONTROL, "no-store");
        HttpUtil.setTransferEncodingChunked(response, true);
        if (shared.watchers().count() >= Watchers.MOST) {
            new Client(context, false, false)
                    .send(
                            HttpResponseStatus.SERVICE_UNAVAILABLE,
                            "%d browsers watch already, which is the most"
                                    .formatted(Watchers.MOST));
            return;
        }
        context.pipeline().remove(IdleStateHandler.class); // a watcher only listens
        context.writeAndFlush(response);
        if (!shared.watchers().add(context.channel(), bridge)) {
            context.close();
        }
    }

    private static HttpHeaders secure(HttpHeaders headers) {
        return headers.set("X-Content-Type-Options", "nosniff")
                .set(
                        HttpHeaderNames.CONTENT_SECURITY_POLICY,
                        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
                .set("Referrer-Policy", "no-referrer")
                .set("Cross-Origin-Resource-Policy", "same-origin");
    }

    // Who isn't told that the connection ends sends his next request into it, and gets no answer.
    private static void answer(ChannelHandlerContext context, HttpResponse response, boolean keep) {
        HttpUtil.setKeepAlive(response, keep);
        var sent = context.writeAndFlush(response);
        if (!keep) {
            sent.addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            context.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        // Browsers go away as they like, and what is no TLS is its client's fault.
        boolean theirs = e instanceof IOException || e.getCause() instanceof SSLException;
        if (!theirs) {
            shared.faults().record("http: connection", e);
        }
        context.close();
    }
}
