// Sends prepared requests to one server as fast as it answers, and prints what came of it as JSON.
//
//   load HOST PORT CONNECTIONS DIALECT WORK REQUESTS POINTS [NAMES [LOGIN]]
//
// DIALECT: pi omf energyview buildingx victoria influx. WORK: backfill (1000 samples of one point per
// request; 100 for buildingx), live (one sample of each of POINTS points per request), single (one sample per
// request); at pi also streamset (one sample of each of POINTS points, as `streamsets/value` takes them) and
// batch (the same as POINTS single writes in one batch). NAMES is a file with one line per point: WebId,
// container, node/tag, URL path of the point's values, or metric name. LOGIN is the value of the
// Authorization header. Samples are random walks with two decimals, one second apart with a jitter of
// milliseconds, the same for every dialect. All requests are made before the clock starts; each connection
// sends its next one when the last was answered.

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <string>
#include <vector>

namespace {

constexpr std::int64_t kBeginMs = 1'704'067'200'000;  // 2024-01-01

struct Options {
  std::string host, dialect, work, login;
  int port = 0, connections = 1;
  std::size_t requests = 0, points = 0;
  std::vector<std::string> names;
};

struct Point {
  std::mt19937 chance;
  std::normal_distribution<double> step_size{0, 10};  // In hundredths.
  std::int64_t step = 0;                              // Samples made so far.
  std::int64_t hundredths = 0;
};

struct Sample {
  std::int64_t ms;
  double value;
};

/// A jitter of seven milliseconds, and steps that are normal with a deviation of 0.10: about one byte of
/// entropy per sample, as real sensors have.
Sample next_sample(Point& point) {
  const auto jitter = static_cast<std::int64_t>(point.chance() % 7);
  point.hundredths += std::llround(point.step_size(point.chance));
  return {kBeginMs + 1000 * point.step++ + jitter, static_cast<double>(point.hundredths) / 100};
}

void append_number(std::string& out, std::int64_t number) {
  char text[24];
  out.append(text, std::to_chars(text, text + sizeof text, number).ptr);
}

void append_value(std::string& out, double value) {
  char text[32];
  out.append(text, std::to_chars(text, text + sizeof text, value).ptr);
}

void append_time(std::string& out, std::int64_t ms) {
  const std::time_t seconds = ms / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const int size = std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ",
                                 parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour,
                                 parts.tm_min, parts.tm_sec, static_cast<int>(ms % 1000));
  out.append(text, static_cast<std::size_t>(size));
}

/// The samples of one point inside a body, in the words of the dialect.
void append_run(const Options& options, std::string& body, const std::string& name,
                const std::vector<Sample>& run) {
  const auto& dialect = options.dialect;
  if (dialect == "pi" && options.work == "batch") {
    // As the documented examples have it: a whole URL, and the content as a text.
    body += "\"w" + std::to_string(body.size()) +
            "\":{\"Method\":\"POST\",\"Resource\":\"http://127.0.0.1/piwebapi/streams/" + name +
            "/value?updateOption=Replace\",\"Content\":\"{\\\"Timestamp\\\":\\\"";
    append_time(body, run[0].ms);
    body += "\\\",\\\"Value\\\":";
    append_value(body, run[0].value);
    body += "}\"}";
  } else if (dialect == "pi" && (options.work == "single" || options.work == "streamset")) {
    if (options.work == "streamset") body += "{\"WebId\":\"" + name + "\",\"Value\":";
    body += "{\"Timestamp\":\"";
    append_time(body, run[0].ms);
    body += "\",\"Value\":";
    append_value(body, run[0].value);
    body += options.work == "streamset" ? "}}" : "}";
  } else if (dialect == "pi" || dialect == "omf") {
    const bool omf = dialect == "omf";
    body += omf ? "{\"containerid\":\"" + name + "\",\"values\":[" : "[";
    for (const auto& sample : run) {
      body += &sample == run.data() ? "" : ",";
      body += omf ? "{\"Time\":\"" : "{\"Timestamp\":\"";
      append_time(body, sample.ms);
      body += "\",\"Value\":";
      append_value(body, sample.value);
      body += '}';
    }
    body += omf ? "]}" : "]";
  } else if (dialect == "energyview") {
    const auto slash = name.find('/');
    body +=
        "{\"node_id\":" + name.substr(0, slash) + ",\"tag\":\"" + name.substr(slash + 1) + "\",\"data\":[";
    for (const auto& sample : run) {
      body += &sample == run.data() ? "{\"v\":" : ",{\"v\":";
      append_value(body, sample.value);
      body += ",\"ts\":\"";
      append_time(body, sample.ms);
      body += "\"}";
    }
    body += "]}";
  } else if (dialect == "buildingx") {
    for (const auto& sample : run) {
      body += &sample == run.data() ? "" : ",";
      body += "{\"type\":\"PointValue\",\"attributes\":{\"timestamp\":\"";
      append_time(body, sample.ms);
      body += "\",\"value\":\"";
      append_value(body, sample.value);
      body += "\"}}";
    }
  } else if (dialect == "victoria" && options.work == "backfill") {
    body += "{\"metric\":{\"__name__\":\"" + name + "\"},\"values\":[";
    for (const auto& sample : run) {
      body += &sample == run.data() ? "" : ",";
      append_value(body, sample.value);
    }
    body += "],\"timestamps\":[";
    for (const auto& sample : run) {
      body += &sample == run.data() ? "" : ",";
      append_number(body, sample.ms);
    }
    body += "]}\n";
  } else {
    for (const auto& sample : run) {
      body += name + (dialect == "victoria" ? " " : " v=");
      append_value(body, sample.value);
      body += ' ';
      append_number(body, sample.ms);
      body += '\n';
    }
  }
}

std::string request_head(const Options& options, const std::string& name, std::size_t body_bytes) {
  const auto& dialect = options.dialect;
  std::string path, headers = "Content-Type: application/json\r\n";
  if (dialect == "pi") {
    path = "/piwebapi/streams/" + name + (options.work == "single" ? "/value" : "/recorded") +
           "?updateOption=Replace";
    if (options.work == "batch") path = "/piwebapi/batch";
    if (options.work == "streamset") path = "/piwebapi/streamsets/value?updateOption=Replace";
  } else if (dialect == "omf") {
    path = "/piwebapi/omf";
    headers += "messagetype: data\r\nmessageformat: JSON\r\nomfversion: 1.2\r\naction: update\r\n";
  } else if (dialect == "energyview") {
    path = "/demo/api/v1/timeseries?silent=true&overwrite=update_window";
  } else if (dialect == "buildingx") {
    path = name + "?overwrite=true";
    headers = "Content-Type: application/vnd.api+json\r\n";
  } else if (dialect == "victoria") {
    path = options.work == "backfill" ? "/api/v1/import" : "/api/v1/import/prometheus";
  } else {
    path = "/write?db=bench&precision=ms";
  }
  if (!options.login.empty()) headers += "Authorization: " + options.login + "\r\n";
  return "POST " + path + " HTTP/1.1\r\nHost: " + options.host + "\r\n" + headers +
         "Content-Length: " + std::to_string(body_bytes) + "\r\n\r\n";
}

std::vector<std::string> prepare(const Options& options, std::size_t& samples) {
  std::vector<Point> points(options.points);
  for (std::size_t i = 0; i < points.size(); ++i) points[i].chance.seed(static_cast<unsigned>(i + 1));
  const std::size_t per_request = options.work != "backfill"       ? 1
                                  : options.dialect == "buildingx" ? 100
                                                                   : 1000;
  const auto& dialect = options.dialect;
  std::vector<std::string> requests;
  std::vector<Sample> run;
  for (std::size_t k = 0; k < options.requests; ++k) {
    std::string body;
    const bool many = options.work == "live" || options.work == "streamset" || options.work == "batch";
    const bool list = dialect == "omf" || dialect == "energyview" || options.work == "streamset";
    if (list) body = "[";
    if (options.work == "batch") body = "{";
    if (dialect == "buildingx") body = "{\"data\":[";
    const std::size_t first = k % options.points;
    const std::size_t count = many ? options.points : 1;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t index = (first + i) % options.points;
      run.clear();
      for (std::size_t n = 0; n < per_request; ++n) run.push_back(next_sample(points[index]));
      if (i != 0 && (list || options.work == "batch")) body += ',';
      append_run(options, body, options.names[index], run);
      samples += run.size();
    }
    if (list) body += "]";
    if (options.work == "batch") body += "}";
    if (dialect == "buildingx") body += "]}";
    requests.push_back(request_head(options, options.names[first], body.size()) + body);
  }
  return requests;
}

struct Connection {
  int socket = -1;
  std::size_t request = SIZE_MAX, sent = 0;
  std::string answer;
  std::chrono::steady_clock::time_point begin;
};

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "load: %s: %s\n", what.c_str(), std::strerror(errno));
  std::exit(1);
}

int connect_to(const Options& options) {
  const int made = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(options.port));
  inet_pton(AF_INET, options.host.c_str(), &address.sin_addr);
  if (::connect(made, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) die("connect");
  const int on = 1;
  setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

/// The status of a whole answer, or 0 while some of it is missing. Only answers with a length, or without a
/// body.
int parse_answer(const std::string& answer) {
  const auto head = answer.find("\r\n\r\n");
  if (head == std::string::npos) return 0;
  const int status = std::atoi(answer.c_str() + 9);
  std::size_t length = 0;
  for (auto at = answer.find("\r\n"); at < head; at = answer.find("\r\n", at + 2)) {
    if (::strncasecmp(answer.c_str() + at + 2, "content-length:", 15) == 0) {
      length = static_cast<std::size_t>(std::atoll(answer.c_str() + at + 17));
    }
  }
  return answer.size() >= head + 4 + length ? status : 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 8) {
    std::fprintf(stderr, "load HOST PORT CONNECTIONS DIALECT WORK REQUESTS POINTS [NAMES [LOGIN]]\n");
    return 2;
  }
  Options options;
  options.host = argv[1];
  options.port = std::atoi(argv[2]);
  options.connections = std::atoi(argv[3]);
  options.dialect = argv[4];
  options.work = argv[5];
  options.requests = static_cast<std::size_t>(std::atoll(argv[6]));
  options.points = static_cast<std::size_t>(std::atoll(argv[7]));
  if (argc > 8) {
    std::ifstream in{argv[8]};
    for (std::string line; std::getline(in, line);) options.names.push_back(line);
  }
  if (argc > 9) options.login = argv[9];
  for (std::size_t i = options.names.size(); i < options.points; ++i)
    options.names.push_back("m" + std::to_string(i));

  std::size_t samples = 0;
  const auto requests = prepare(options, samples);
  const int poll = epoll_create1(0);
  std::vector<Connection> connections(static_cast<std::size_t>(options.connections));
  for (auto& connection : connections) {
    connection.socket = connect_to(options);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    epoll_ctl(poll, EPOLL_CTL_ADD, connection.socket, &event);
  }

  std::map<int, std::size_t> statuses;
  std::vector<double> latencies;
  latencies.reserve(requests.size());
  std::size_t next = 0, done = 0;
  const auto begin = std::chrono::steady_clock::now();
  const auto send_next = [&](Connection& connection) {
    if (next == requests.size()) return;
    connection.request = next++;
    connection.answer.clear();
    connection.begin = std::chrono::steady_clock::now();
    const auto& bytes = requests[connection.request];
    // Blocking: a body of 50 KB fits the socket's buffer, or the server is reading it.
    for (std::size_t sent = 0; sent < bytes.size();) {
      const auto n = ::send(connection.socket, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) die("send");
      sent += static_cast<std::size_t>(n);
    }
  };
  for (auto& connection : connections) send_next(connection);
  std::vector<epoll_event> events(connections.size());
  std::vector<char> buffer(64 * 1024);
  while (done < requests.size()) {
    const int ready = epoll_wait(poll, events.data(), static_cast<int>(events.size()), 120'000);
    if (ready <= 0) die("nothing was answered for two minutes");
    for (int i = 0; i < ready; ++i) {
      auto& connection = *static_cast<Connection*>(events[static_cast<std::size_t>(i)].data.ptr);
      const auto n = ::recv(connection.socket, buffer.data(), buffer.size(), 0);
      if (n <= 0) die("the server closed a connection");
      connection.answer.append(buffer.data(), static_cast<std::size_t>(n));
      const int status = parse_answer(connection.answer);
      if (status == 0) continue;
      if (status >= 300 && statuses[status] == 0)
        std::fprintf(stderr, "%s\n", connection.answer.substr(0, 600).c_str());
      ++statuses[status];
      ++done;
      latencies.push_back(
          std::chrono::duration<double>(std::chrono::steady_clock::now() - connection.begin).count());
      send_next(connection);
    }
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::sort(latencies.begin(), latencies.end());
  std::size_t good = 0;
  for (const auto& [status, count] : statuses) good += status < 300 ? count : 0;
  std::printf(
      "{\"requests\":%zu,\"good\":%zu,\"samples\":%zu,\"seconds\":%.6f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n",
      done, good, samples, seconds, latencies[latencies.size() / 2] * 1e6,
      latencies[latencies.size() * 99 / 100] * 1e6);
  return good == done ? 0 : 1;
}
