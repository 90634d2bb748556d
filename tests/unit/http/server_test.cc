#include "http/server.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <filesystem>
#include <thread>

#include "echo_service.h"
#include "http/client.h"
#include "http/inflate.h"
#include "http/json.h"
#include "http/tls_certificate.h"
#include "raw_connection.h"

namespace penstock::http {
namespace {

constexpr std::string_view kEnd = "\nend\n";

class ServerTest : public ::testing::Test {
 protected:
  void start(Server::Options options = {}) {
    if (options.plain.empty()) options.plain.push_back({});
    auto started = Server::start(std::move(options), service_, [this] { service_.rounds.lead(); });
    ASSERT_TRUE(started) << started.error().detail;
    server_ = std::move(*started);
  }
  std::uint16_t port() const { return server_->plain_ports().at(0); }
  /// Sends raw bytes, returns all that comes until the server closes.
  std::string converse(std::string_view bytes) {
    RawConnection raw{port()};
    EXPECT_TRUE(raw.send(bytes));
    return raw.read_to_end();
  }
  bool session_ended() const {
    for (int i = 0; i < 500 && service_.sessions_ended == 0; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
    return service_.sessions_ended == 1;
  }
  Client::Options to_server() const {
    Client::Options options;
    options.port = port();
    options.timeout_ms = 10'000;
    return options;
  }

  EchoService service_;
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTest, RequestsOnOneConnectionAreAnsweredInTurn) {
  start();
  RawConnection raw{port()};
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(
        raw.send("POST /a?n=" + std::to_string(i) + " HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"));
    const std::string answer = raw.read_until(kEnd);
    EXPECT_EQ(answer.find("HTTP/1.1 200 OK\r\n"), 0u);
    EXPECT_NE(answer.find("query=n=" + std::to_string(i)), std::string::npos);
    EXPECT_NE(answer.find("body=abc\n"), std::string::npos);
    EXPECT_NE(answer.find("\r\nServer: Penstock\r\n"), std::string::npos);
    EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
    EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
  }
}

TEST_F(ServerTest, PipelinedRequestsAreAllAnsweredInOrder) {
  start();
  RawConnection raw{port()};
  std::string all;
  for (int i = 0; i < 50; ++i) {
    all += "POST " + std::string{i % 2 ? "/commit" : "/a"} + "?n=" + std::to_string(i) +
           " HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nHELLO";
  }
  ASSERT_TRUE(raw.send(all));
  const std::string answers = raw.read_until(kEnd, 50);
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    at = answers.find("\nquery=n=" + std::to_string(i) + "\n", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST_F(ServerTest, RequestSentByteForByteIsUnderstood) {
  start();
  RawConnection raw{port()};
  for (const char c : std::string_view{"PUT /slowly HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi"}) {
    ASSERT_TRUE(raw.send({&c, 1}));
  }
  EXPECT_NE(raw.read_until(kEnd).find("body=hi\n"), std::string::npos);
}

struct TargetCase {
  const char* name;
  const char* target;
  const char* path;
  const char* query;
  const char* host;
};
const TargetCase kTargetCases[] = {
    {"a raw backslash", "/points?path=\\\\PENSTOCK\\SINUSOID", "/points", "path=\\\\PENSTOCK\\SINUSOID", "h"},
    {"bars and brackets", "/a|b[1]{2}?x={\"a\":[1|2]}", "/a|b[1]{2}", "x={\"a\":[1|2]}", "h"},
    {"a star", "/points?nameFilter=*", "/points", "nameFilter=*", "h"},
    {"doubled slashes", "//piwebapi//elements", "//piwebapi//elements", "", "h"},
    {"bytes of UTF-8", "/caf\xc3\xa9", "/caf\xc3\xa9", "", "h"},
    {"quotes and angles", "/a'\"<b>^`", "/a'\"<b>^`", "", "h"},
    {"absolute form", "http://other:81/x/y?z=1", "/x/y", "z=1", "other:81"},
    {"absolute form without a path", "HTTPS://other?z", "/", "z", "other"},
    {"absolute form of the host alone", "http://other", "/", "", "other"},
    {"the whole server", "*", "/", "", "h"},
};

TEST_F(ServerTest, TargetsAsClientsReallySendThemPass) {
  start();
  for (const auto& c : kTargetCases) {
    SCOPED_TRACE(c.name);
    RawConnection raw{port()};
    ASSERT_TRUE(raw.send("GET " + std::string{c.target} + " HTTP/1.1\r\nHost: h\r\n\r\n"));
    const std::string answer = raw.read_until(kEnd);
    EXPECT_NE(answer.find("\npath=" + std::string{c.path} + "\n"), std::string::npos) << answer;
    EXPECT_NE(answer.find("\nquery=" + std::string{c.query} + "\n"), std::string::npos) << answer;
    EXPECT_NE(answer.find("\nhost=" + std::string{c.host} + "\n"), std::string::npos) << answer;
  }
}

struct RefusalCase {
  const char* name;
  std::string request;
  int status;
};
const RefusalCase kRefusalCases[] = {
    {"no HTTP at all", "hello\r\n\r\n", 400},
    {"a blank inside the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n", 505},
    {"a header without a colon", "GET / HTTP/1.1\r\nHost: h\r\nnonsense\r\n\r\n", 400},
    {"a blank before the colon", "GET / HTTP/1.1\r\nHost : h\r\n\r\n", 400},
    {"no host", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
    {"HTTP/2 in words", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
    {"two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
    {"a negative length", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n", 400},
    {"a length and chunks",
     "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
    {"an unknown transfer encoding", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
    {"gzip under the chunks",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
    {"a chunk of no size", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\n",
     400},
    {"an unknown expectation", "POST / HTTP/1.1\r\nHost: h\r\nExpect: wonders\r\nContent-Length: 1\r\n\r\na",
     417},
    {"a huge head", "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n", 431},
    {"a huge target", "GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\nHost: h\r\n\r\n", 431},
    {"a chunk extension without end",
     "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1;" + std::string(100'000, 'x'), 400},
};

TEST_F(ServerTest, WhatIsNotARequestIsRefusedAndClosed) {
  start();
  for (const auto& c : kRefusalCases) {
    SCOPED_TRACE(c.name);
    const std::string answer = converse(c.request);
    EXPECT_EQ(answer.find("HTTP/1.1 " + std::to_string(c.status) + " "), 0u) << answer.substr(0, 200);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
    const auto body = json::parse(answer.substr(answer.find("\r\n\r\n") + 4));
    ASSERT_TRUE(body);
    ASSERT_NE(body->find("Errors"), nullptr);
    EXPECT_EQ(body->find("Errors")->array().size(), 1u);
    EXPECT_TRUE(body->find("Message")->is_string());
  }
  EXPECT_EQ(service_.requests, 0);
}

TEST_F(ServerTest, ChunkedBodyArrivesWhole) {
  start();
  RawConnection raw{port()};
  const std::string large(200'000, 'y');
  char size[32];
  std::snprintf(size, sizeof size, "%zx", large.size());
  ASSERT_TRUE(
      raw.send("POST /c HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n5;ext=1\r\nhello\r\n" +
               std::string{size} + "\r\n" + large + "\r\n0\r\nX-Trailer: no\r\n\r\n"));
  const std::string answer = raw.read_until(kEnd);
  EXPECT_NE(answer.find("body=hello" + large + "\n"), std::string::npos);
  EXPECT_NE(answer.find("trailer=\n"), std::string::npos) << "a trailer must not become a header";
  ASSERT_TRUE(raw.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_NE(raw.read_until(kEnd).find("path=/next\n"), std::string::npos);
}

TEST_F(ServerTest, TooLargeBodyIsAnsweredByTheServiceAndClosed) {
  start();
  const std::string body(3'000'000, 'b');
  const std::string requests[] = {
      "POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 3000000\r\n\r\n" + body,
      "POST /small HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2dc6c0\r\n" + body +
          "\r\n0\r\n\r\n",
  };
  for (const std::string& request : requests) {
    const std::string answer = converse(request);
    EXPECT_EQ(answer.find("HTTP/1.1 413 Payload Too Large\r\n"), 0u) << answer.substr(0, 200);
    EXPECT_NE(answer.find("too large, body of 0"), std::string::npos);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  }
}

TEST_F(ServerTest, BodyOfExactlyTheLimitIsTaken) {
  start();
  RawConnection raw{port()};
  ASSERT_TRUE(
      raw.send("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'e')));
  EXPECT_NE(raw.read_until(kEnd).find("body=" + std::string(100, 'e') + "\n"), std::string::npos);
}

TEST_F(ServerTest, ContinueIsSentBeforeTheBodyAndOnlyIfItIsWanted) {
  start();
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("POST /e HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_EQ(raw.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(raw.send("ok"));
  EXPECT_NE(raw.read_until(kEnd).find("body=ok\n"), std::string::npos);
  ASSERT_TRUE(
      raw.send("POST /small HTTP/1.1\r\nHost: h\r\nContent-Length: 101\r\nExpect: 100-continue\r\n\r\n"));
  EXPECT_EQ(raw.read_until("body of 0").find("HTTP/1.1 413 "), 0u);
}

TEST_F(ServerTest, HeadHasTheLengthButNoBody) {
  start();
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("HEAD /big HTTP/1.1\r\nHost: h\r\n\r\nGET /after HTTP/1.1\r\nHost: h\r\n\r\n"));
  const std::string answer = raw.read_until(kEnd);
  EXPECT_NE(answer.find("Content-Length: 3000000\r\n"), std::string::npos);
  EXPECT_EQ(answer.find("xxx"), std::string::npos);
  EXPECT_NE(answer.find("path=/after\n"), std::string::npos);
}

TEST_F(ServerTest, EmptyAnswersHaveTheRightLength) {
  start();
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("GET /empty HTTP/1.1\r\nHost: h\r\n\r\n"));
  const std::string no_content = raw.read_until("\r\n\r\n");
  EXPECT_EQ(no_content.find("HTTP/1.1 204 No Content\r\n"), 0u);
  EXPECT_EQ(no_content.find("Content-Length"), std::string::npos);
  ASSERT_TRUE(raw.send("GET /status HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_NE(raw.read_until("\r\n\r\n").find("Content-Length: 0\r\n"), std::string::npos);
}

TEST_F(ServerTest, LineBreaksInAServicesHeaderStayInIt) {
  start();
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("GET /split HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_NE(raw.read_until("ok").find("Location: /a  Set-Cookie: stolen=1\r\n"), std::string::npos);
}

TEST_F(ServerTest, ConnectionClosesWhenTheClientWantsIt) {
  start();
  EXPECT_NE(converse("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n").find("Connection: close\r\n"),
            std::string::npos);
  EXPECT_NE(converse("GET / HTTP/1.0\r\n\r\n").find("HTTP/1.1 200 OK\r\n"), std::string::npos);
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  EXPECT_NE(raw.read_until(kEnd).find("Connection: keep-alive\r\n"), std::string::npos);
  ASSERT_TRUE(raw.send("GET /again HTTP/1.0\r\n\r\n"));
  EXPECT_NE(raw.read_to_end().find("path=/again\n"), std::string::npos);
}

TEST_F(ServerTest, TextIsPackedForWhoTakesGzip) {
  start();
  Client client{to_server()};
  Headers headers;
  headers.add("Accept-Encoding", "deflate, gzip;q=0.5");
  const auto packed = client.send(Method::get, "/text", headers);
  ASSERT_TRUE(packed);
  EXPECT_EQ(packed->headers.get("Content-Encoding"), "gzip");
  const auto plain = gunzip(packed->body, 10'000);
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->view(), std::string(5000, 't'));
  headers.set("Accept-Encoding", "gzip;q=0.0");
  const auto refused = client.send(Method::get, "/text", headers);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->body, std::string(5000, 't'));
}

TEST_F(ServerTest, SlowHeaderSlowBodyAndIdleConnectionsTimeOut) {
  Server::Options options;
  options.header_timeout_ms = options.body_timeout_ms = options.idle_timeout_ms = 150;
  start(std::move(options));
  RawConnection silent{port()}, header{port()}, body{port()}, idle{port()};
  ASSERT_TRUE(header.send("GET / HTTP/1.1\r\nHos"));
  ASSERT_TRUE(body.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab"));
  ASSERT_TRUE(idle.send("GET /i HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_NE(idle.read_until(kEnd).find("path=/i\n"), std::string::npos);
  EXPECT_EQ(header.read_until("Message").find("HTTP/1.1 408 Request Timeout\r\n"), 0u);
  EXPECT_EQ(body.read_until("Message").find("HTTP/1.1 408 Request Timeout\r\n"), 0u);
  EXPECT_TRUE(silent.closed_by_peer());
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_EQ(service_.requests, 1) << "only the whole request is handled, and only once";
}

TEST_F(ServerTest, TrickleDoesNotExtendTheHeaderDeadline) {
  Server::Options options;
  options.header_timeout_ms = 200;
  start(std::move(options));
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("GET / HTTP/1.1\r\n"));
  bool cut = false;
  for (int i = 0; i < 100 && !cut; ++i) {
    raw.send("X-" + std::to_string(i) + ": 1\r\n");
    cut = raw.read_until("408", 1, 20).find("408") != std::string::npos;
  }
  EXPECT_TRUE(cut);
}

TEST_F(ServerTest, WaitingForTheRoundOrAnotherThreadLosesNoWakeUp) {
  start();
  for (const char* target : {"/commit", "/hop"}) {
    std::vector<std::thread> threads;
    std::atomic<int> good{0};
    for (int t = 0; t < 8; ++t) {
      threads.emplace_back([&, target] {
        Client client{to_server()};
        for (int i = 0; i < 50; ++i) {
          const auto answer = client.send(Method::post, target, {}, "b" + std::to_string(i));
          if (answer && answer->body.find("body=b" + std::to_string(i) + "\n") != std::string::npos) ++good;
        }
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(good, 400) << target;
  }
}

TEST_F(ServerTest, ManyConnectionsOnSeveralThreads) {
  Server::Options options;
  options.io_threads = 2;
  start(std::move(options));
  std::vector<std::unique_ptr<RawConnection>> all;
  for (int i = 0; i < 200; ++i) all.push_back(std::make_unique<RawConnection>(port()));
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      ASSERT_TRUE(all[i]->send("POST /commit?n=" + std::to_string(i) +
                               " HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"));
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
      EXPECT_NE(all[i]->read_until(kEnd).find("query=n=" + std::to_string(i) + "\n"), std::string::npos);
    }
  }
}

TEST_F(ServerTest, OneConnectionTooManyIsClosed) {
  Server::Options options;
  options.connections_max = 2;
  start(std::move(options));
  RawConnection first{port()}, second{port()};
  const std::string_view request = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  ASSERT_TRUE(first.send(request) && second.send(request));
  first.read_until(kEnd);
  second.read_until(kEnd);
  RawConnection third{port()};
  EXPECT_TRUE(third.closed_by_peer());
  ASSERT_TRUE(first.send(request));
  EXPECT_NE(first.read_until(kEnd).find("200 OK"), std::string::npos);
}

TEST_F(ServerTest, BodiesBeyondTheMemoryAreRefusedForNow) {
  Server::Options options;
  options.body_memory_max = 500'000;
  start(std::move(options));
  RawConnection holder{port()};
  ASSERT_TRUE(holder.send("POST /hold HTTP/1.1\r\nHost: h\r\nContent-Length: 400000\r\n\r\nx"));
  std::string answer;
  for (int i = 0; i < 50 && answer.find("503") == std::string::npos;
       ++i) {  // Until the first has its memory.
    answer = converse("POST /b HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 400000\r\n\r\n" +
                      std::string(400'000, 'b'));
  }
  EXPECT_EQ(answer.find("HTTP/1.1 503 Service Unavailable\r\n"), 0u);
  EXPECT_NE(answer.find("Retry-After: "), std::string::npos);
  ASSERT_TRUE(holder.send(std::string(399'999, 'x')));
  EXPECT_NE(holder.read_until(kEnd).find("200 OK"), std::string::npos);
}

TEST_F(ServerTest, StopLetsARequestInFlightFinish) {
  start();
  RawConnection busy{port()}, idle{port()};
  ASSERT_TRUE(idle.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  idle.read_until(kEnd);
  ASSERT_TRUE(busy.send("GET /slow HTTP/1.1\r\nHost: h\r\n\r\n"));
  while (service_.requests < 2) std::this_thread::yield();
  server_->stop(5000);
  const std::string answer = busy.read_to_end();
  EXPECT_NE(answer.find("path=/slow\n"), std::string::npos);
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(idle.closed_by_peer());
  EXPECT_FALSE(RawConnection{port()}.connected());
}

constexpr std::string_view kUpgrade =
    "Host: h\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// A frame as clients send them, masked with zeros.
std::string client_frame(char opcode, std::string_view payload) {
  std::string frame{static_cast<char>(0x80 | opcode), static_cast<char>(0x80 | payload.size()), 0, 0, 0, 0};
  return frame.append(payload);
}

TEST_F(ServerTest, WebSocketSpeaksUntilTheClientCloses) {
  start();
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("GET /socket HTTP/1.1\r\n" + std::string{kUpgrade}));
  const std::string head = raw.read_until("tick", 2);
  EXPECT_EQ(head.find("HTTP/1.1 101 "), 0u);
  // The key and its answer are those of RFC 6455, 1.3.
  EXPECT_NE(head.find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"), std::string::npos);
  EXPECT_NE(head.find("\r\n\r\n\x81\x05hello\x81\x04tick\x81\x04tick"), std::string::npos);
  ASSERT_TRUE(raw.send(client_frame(1, "nobody listens") + client_frame(9, "are you there?")));
  EXPECT_NE(raw.read_until("are you there?")
                .find("\x8a\x0e"
                      "are you there?"),
            std::string::npos);
  ASSERT_TRUE(raw.send(client_frame(8, "\x03\xe8")));
  const std::string rest = raw.read_to_end();
  EXPECT_NE(rest.find("\x88\x02\x03\xe8"), std::string::npos);
  EXPECT_TRUE(raw.closed_by_peer());
  EXPECT_TRUE(session_ended());
}

TEST_F(ServerTest, WebSocketOfAClientThatVanishedEnds) {
  start();
  {
    RawConnection raw{port()};
    ASSERT_TRUE(raw.send("GET /socket HTTP/1.1\r\n" + std::string{kUpgrade}));
    raw.read_until("tick");
  }
  EXPECT_TRUE(session_ended());
}

TEST_F(ServerTest, WebSocketOfASlowReaderIsDropped) {
  Server::Options options;
  options.write_timeout_ms = 300;
  start(std::move(options));
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("GET /flood HTTP/1.1\r\n" + std::string{kUpgrade}));
  EXPECT_TRUE(session_ended());
}

TEST_F(ServerTest, StopClosesWebSocketsAtOnce) {
  start();
  RawConnection raw{port()};
  ASSERT_TRUE(raw.send("GET /socket HTTP/1.1\r\n" + std::string{kUpgrade}));
  raw.read_until("tick");
  std::string rest;
  // As a client does: what it is told to close, it closes.
  std::thread client{[&] {
    rest = raw.read_until("\x88\x02\x03\xe9");
    raw.send(client_frame(8, "\x03\xe9"));
  }};
  const auto begin = std::chrono::steady_clock::now();
  server_->stop(5000);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{3});
  client.join();
  EXPECT_NE(rest.find("\x88\x02\x03\xe9"), std::string::npos);  // 1001, going away.
  EXPECT_EQ(service_.sessions_ended, 1);
}

TEST_F(ServerTest, WhatOnlyLooksLikeAWebSocketIsAnOrdinaryRequest) {
  start();
  const std::string_view no_key =
      "GET /socket HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n\r\n";
  EXPECT_EQ(converse(no_key).find("HTTP/1.1 200 "), 0u);
  // Bytes ahead of the answer would be lost.
  const std::string early = "GET /socket HTTP/1.1\r\n" + std::string{kUpgrade} + client_frame(1, "x");
  EXPECT_EQ(converse(early).find("HTTP/1.1 400 "), 0u);
}

TEST_F(ServerTest, BodyMadeWhileItIsSentArrivesWhole) {
  start();
  Client client{to_server()};
  for (int i = 0; i < 3; ++i) {  // The connection is kept.
    const auto answer = client.send(Method::get, "/stream");
    ASSERT_TRUE(answer) << answer.error().detail;
    ASSERT_EQ(answer->body.size(), 30'000u);
    EXPECT_EQ(answer->body.front(), 'a' + 29 % 26);
    EXPECT_EQ(answer->body.back(), 'a');
  }
  // HTTP/1.0 gets the bytes as they are, and the end of the connection as their end.
  const std::string old = converse("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(old.find("Transfer-Encoding"), std::string::npos);
  EXPECT_EQ(old.size() - old.find("\r\n\r\n") - 4, 30'000u);
  const std::string head = converse("HEAD /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(head.find("\r\n\r\n") + 4, head.size());
}

TEST_F(ServerTest, AddressInUseIsAnError) {
  start();
  Server::Options options;
  options.plain.push_back({"127.0.0.1", port()});
  const auto second = Server::start(std::move(options), service_, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::invalid_argument);
}

class TlsServerTest : public ServerTest {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() / ("penstock-tls-" + Uuid::random().to_string());
    std::filesystem::create_directory(folder_);
    const auto made = ensure_self_signed_certificate(certificate(), key());
    ASSERT_TRUE(made) << made.error().detail;
    Server::Options options;
    options.tls.push_back({});
    options.tls_cert_file = certificate();
    options.tls_key_file = key();
    options.header_timeout_ms = 500;
    start(std::move(options));
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string certificate() const { return folder_ / "cert.pem"; }
  std::string key() const { return folder_ / "key.pem"; }
  Client::Options to_tls() const {
    Client::Options options;
    options.port = server_->tls_ports().at(0);
    options.tls = true;
    options.timeout_ms = 10'000;
    return options;
  }

  std::filesystem::path folder_;
};

TEST_F(TlsServerTest, RoundTripWithTheCertificateTrusted) {
  for (const char* host : {"127.0.0.1", "localhost"}) {
    Client::Options options = to_tls();
    options.host = host;
    options.ca_file = certificate();
    Client client{options};
    for (int i = 0; i < 3; ++i) {
      const auto answer = client.send(Method::post, "/t", {}, std::string(300'000, 'z'));
      ASSERT_TRUE(answer) << answer.error().detail;
      EXPECT_NE(answer->body.find("tls=yes\n"), std::string::npos);
      EXPECT_NE(answer->body.find("body=" + std::string(300'000, 'z') + "\n"), std::string::npos);
    }
    const auto big = client.send(Method::get, "/big");
    ASSERT_TRUE(big);
    EXPECT_EQ(big->body.size(), 3'000'000u);
  }
}

TEST_F(TlsServerTest, WebSocketSpeaksOverTls) {
  namespace asio = boost::asio;
  namespace websocket = boost::beast::websocket;
  asio::io_context io;
  asio::ssl::context context{asio::ssl::context::tls_client};
  websocket::stream<asio::ssl::stream<asio::ip::tcp::socket>> client{io, context};
  client.next_layer().next_layer().connect({asio::ip::address_v4::loopback(), server_->tls_ports().at(0)});
  client.next_layer().handshake(asio::ssl::stream_base::client);
  client.handshake("localhost", "/socket");
  for (const char* wanted : {"hello", "tick", "tick"}) {
    boost::beast::flat_buffer message;
    client.read(message);
    EXPECT_EQ(boost::beast::buffers_to_string(message.data()), wanted);
  }
  boost::system::error_code ec;
  client.close(websocket::close_code::normal, ec);
  EXPECT_TRUE(session_ended());
}

TEST_F(TlsServerTest, UnknownCertificateIsRefusedUnlessVerifyIsOff) {
  Client careful{to_tls()};
  const auto refused = careful.send(Method::get, "/");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  Client::Options options = to_tls();
  options.verify = false;
  Client careless{options};
  EXPECT_TRUE(careless.send(Method::get, "/"));
}

TEST_F(TlsServerTest, TooLargeBodyIsAnsweredOverTls) {
  Client::Options options = to_tls();
  options.verify = false;
  Client client{options};
  const auto answer = client.send(Method::post, "/small", {}, std::string(500'000, 'z'));
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_EQ(answer->status, 413);
}

TEST_F(TlsServerTest, PlainTextOnTheTlsPortHarmsNobody) {
  RawConnection confused{server_->tls_ports().at(0)}, silent{server_->tls_ports().at(0)};
  ASSERT_TRUE(confused.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"));
  EXPECT_TRUE(confused.closed_by_peer());
  EXPECT_TRUE(silent.closed_by_peer());
  Client::Options options = to_tls();
  options.verify = false;
  Client client{options};
  EXPECT_TRUE(client.send(Method::get, "/"));
}

TEST_F(TlsServerTest, CertificateIsMadeOnceAndItsKeyIsPrivate) {
  struct stat info {};
  ASSERT_EQ(stat(key().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  const auto before = std::filesystem::last_write_time(certificate());
  EXPECT_TRUE(ensure_self_signed_certificate(certificate(), key()));
  EXPECT_EQ(std::filesystem::last_write_time(certificate()), before);
  std::filesystem::remove(certificate());
  EXPECT_FALSE(ensure_self_signed_certificate(certificate(), key()));
}

TEST_F(ServerTest, ClientComesBackAfterTheServerClosedAKeptConnection) {
  Server::Options options;
  options.idle_timeout_ms = 100;
  start(std::move(options));
  Client client{to_server()};
  ASSERT_TRUE(client.send(Method::get, "/1"));
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  const auto answer = client.send(Method::get, "/2");
  ASSERT_TRUE(answer) << answer.error().detail;
  EXPECT_NE(answer->body.find("path=/2\n"), std::string::npos) << answer->status << answer->body;
}

TEST_F(ServerTest, ClientGivesUpWhenNoAnswerComes) {
  start();
  Client::Options options = to_server();
  options.timeout_ms = 50;
  Client client{options};
  const auto answer = client.send(Method::get, "/slow");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, ErrorCode::store_unavailable);
  const auto next = client.send(Method::get, "/next");
  ASSERT_TRUE(next);
  EXPECT_NE(next->body.find("path=/next\n"), std::string::npos);
}

struct UrlCase {
  const char* url;
  bool good;
  const char* host;
  int port;
  bool tls;
  const char* path;
};
const UrlCase kUrlCases[] = {
    {"http://a", true, "a", 80, false, ""},      {"https://a.b/c/d?e", true, "a.b", 443, true, "/c/d?e"},
    {"HTTP://a:81/", true, "a", 81, false, "/"}, {"http://[::1]:8080/x", true, "::1", 8080, false, "/x"},
    {"ftp://a", false, "", 0, false, ""},        {"http://", false, "", 0, false, ""},
    {"http://a:x", false, "", 0, false, ""},     {"http://a:70000", false, "", 0, false, ""},
};

TEST(ClientUrl, IsTakenApart) {
  for (const auto& c : kUrlCases) {
    SCOPED_TRACE(c.url);
    std::string path;
    const auto parsed = Client::parse_url(c.url, &path);
    ASSERT_EQ(parsed.has_value(), c.good);
    if (!c.good) continue;
    EXPECT_EQ(parsed->host, c.host);
    EXPECT_EQ(parsed->port, c.port);
    EXPECT_EQ(parsed->tls, c.tls);
    EXPECT_EQ(path, c.path);
  }
}

}  // namespace
}  // namespace penstock::http
