#include "app/serve.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <optional>
#include <thread>

#include "app/address.h"
#include "app/dialects.h"
#include "app/service.h"
#include "app/sinusoid.h"
#include "app/token_key.h"
#include "app/welcome.h"
#include "archive/undo/retention.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/metrics.h"
#include "console/access.h"
#include "http/server.h"
#include "http/tls_certificate.h"

namespace penstock::app {

namespace {

constexpr std::int64_t kStopDeadlineMs = 10'000;

int complain(int code, const std::string& sentence) {
  std::cerr << "penstock: " << sentence << std::endl;
  return code;
}

std::string sentence_of(const Error& error) {
  return (error.where.empty() ? "" : error.where + ": ") + error.detail;
}

struct Listening {
  std::optional<ListenAddress> plain, tls, health;
};

Result<Listening> read_addresses(const Settings& settings) {
  Listening listening;
  TRY(listening.plain, parse_listen(settings.text("listen")));
  TRY(listening.tls, parse_listen(settings.text("listen_tls")));
  TRY(listening.health, parse_listen(settings.text("health_listen")));
  if (listening.plain && !listening.plain->is_loopback() && !settings.flag("insecure_plain_http")) {
    return fail(ErrorCode::invalid_argument, settings.text("listen"),
                "others can reach this address, and plain HTTP would carry secrets readably. Use "
                "--listen-tls, or say "
                "--insecure-plain-http (behind a proxy that speaks TLS, for example)");
  }
  if (!listening.plain && !listening.tls) {
    return fail(ErrorCode::invalid_argument, {},
                "listen and listen_tls are both off: nobody could reach the server");
  }
  if (settings.text("tls_cert").empty() != settings.text("tls_key").empty()) {
    return fail(ErrorCode::invalid_argument, {}, "tls_cert and tls_key go together");
  }
  return listening;
}

Result<http::Server::Options> server_options(const Settings& settings, const Listening& listening,
                                             const std::string& data) {
  http::Server::Options options;
  const auto threads = settings.integer("io_threads");
  const auto cores = static_cast<std::int64_t>(std::thread::hardware_concurrency());
  // One core stays free for flushes, hashes and the kernel's side of an fsync. Fewer threads also make larger
  // groups: on two cores a single write costs a quarter less with one thread than with two.
  options.io_threads = static_cast<int>(threads > 0 ? threads : std::clamp<std::int64_t>(cores - 1, 1, 8));
  if (listening.plain) options.plain.push_back({listening.plain->host, listening.plain->port});
  if (listening.tls) {
    options.tls.push_back({listening.tls->host, listening.tls->port});
    options.tls_cert_file = settings.text("tls_cert");
    options.tls_key_file = settings.text("tls_key");
    if (options.tls_cert_file.empty()) {
      options.tls_cert_file = data + "/tls-cert.pem";
      options.tls_key_file = data + "/tls-key.pem";
      TRY_VOID(http::ensure_self_signed_certificate(options.tls_cert_file, options.tls_key_file));
    }
  }
  return options;
}

archive::Options archive_options(const Settings& settings) {
  archive::Options options;
  options.directory = settings.text("data");
  options.journal_directory = settings.text("journal");
  options.compress_before_creation = settings.flag("points.compress_before_creation");
  options.audit = settings.flag("audit.enabled");
  options.audit_days = settings.integer("audit.retention_days");
  options.audit_bytes_max = static_cast<std::uint64_t>(settings.integer("audit.bytes_max"));
  options.receipt_days = settings.integer("receipts.retention_days");
  options.buffer = settings.flag("buffer.enabled");
  options.away = settings.text("fault_switches") == "away";
  options.buffer_bytes_max = static_cast<std::uint64_t>(settings.integer("buffer.bytes_max"));
  return options;
}

dialects::CsrfDefense csrf_defense(const std::string& word) {
  if (word == "strict") return dialects::CsrfDefense::strict;
  return word == "off" ? dialects::CsrfDefense::off : dialects::CsrfDefense::browser;
}

void register_gauges(const archive::Archive& archive) {
  struct Row {
    const char* name;
    const char* help;
    std::uint64_t archive::Stats::*field;
  };
  static constexpr Row kRows[] = {
      {"penstock_archive_last_seq", "Number of the newest batch.", &archive::Stats::last_seq},
      {"penstock_archive_flushed_seq", "Batches up to this one are in blocks.", &archive::Stats::flushed_seq},
      {"penstock_archive_groups", "Groups committed, one fsync each.", &archive::Stats::groups},
      {"penstock_archive_commands", "Write commands decided.", &archive::Stats::commands},
      {"penstock_archive_samples", "Samples decided.", &archive::Stats::samples},
      {"penstock_archive_flushes", "Flushes of the head into blocks.", &archive::Stats::flushes},
      {"penstock_archive_head_bytes", "Memory of what is not yet in blocks.", &archive::Stats::head_bytes},
      {"penstock_archive_head_samples", "Samples that are not yet in blocks.", &archive::Stats::head_samples},
      {"penstock_archive_journal_bytes", "Journal that is not yet cut.", &archive::Stats::journal_bytes},
      {"penstock_archive_commit_nanoseconds", "Time spent in writing and syncing the journal.",
       &archive::Stats::commit_ns},
      {"penstock_buffer_queued_batches", "Batches that are acknowledged and wait for the archive.",
       &archive::Stats::queued_batches},
      {"penstock_buffer_queued_samples", "Samples that are acknowledged and wait for the archive.",
       &archive::Stats::queued_samples},
      {"penstock_dead_letters", "Dead letters that nobody replayed or dropped.", &archive::Stats::letters},
      {"penstock_ledger_bytes", "What the records of batches take.", &archive::Stats::ledger_bytes}};
  for (const auto& row : kRows) {
    metrics::gauge(row.name, row.help,
                   [&archive, field = row.field] { return static_cast<double>(archive.stats().*field); });
  }
  struct Outcome {
    const char* name;
    std::uint64_t WriteCounts::*field;
  };
  static constexpr Outcome kOutcomes[] = {{"stored", &WriteCounts::stored},
                                          {"replaced", &WriteCounts::replaced},
                                          {"ignored", &WriteCounts::ignored},
                                          {"erased", &WriteCounts::erased},
                                          {"rejected", &WriteCounts::rejected}};
  for (const auto& outcome : kOutcomes) {
    metrics::counter("penstock_samples_total", "Samples decided, by what became of them.",
                     {{"outcome", outcome.name}},
                     [&archive, field = outcome.field] { return archive.stats().outcomes.*field; });
  }
  metrics::gauge("penstock_ready", "1 while writes are acknowledged.",
                 [&archive] { return archive.ready() ? 1.0 : 0.0; });
}

void remove_gauges() {
  for (const char* name : {"last_seq", "flushed_seq", "groups", "commands", "samples", "flushes",
                           "head_bytes", "head_samples", "journal_bytes", "commit_nanoseconds"}) {
    metrics::remove(std::string{"penstock_archive_"} + name);
  }
  for (const char* name : {"penstock_buffer_queued_batches", "penstock_buffer_queued_samples",
                           "penstock_dead_letters", "penstock_ledger_bytes", "penstock_samples_total"}) {
    metrics::remove(name);
  }
  metrics::remove("penstock_ready");
}

/// SIGTERM and SIGINT are taken by `sigwait` on the main thread: every thread made from here on has them
/// blocked.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  return signals;
}

int exit_code_of_open(const Error& error) {
  if (error.code == ErrorCode::store_corrupt) return kDataDamaged;
  return error.code == ErrorCode::store_unavailable ? kDataUnavailable : kFailed;
}

log::Level level_of(const std::string& word) {
  if (word == "debug") return log::Level::debug;
  if (word == "warning") return log::Level::warning;
  return word == "error" ? log::Level::error : log::Level::info;
}

}  // namespace

int serve(const Settings& settings, const ConfigurationFile& file) {
  log::set_level(level_of(settings.text("log_level")));
  auto listening = read_addresses(settings);
  if (!listening) return complain(kUsage, sentence_of(listening.error()));
  const bool demo = settings.flag("demo");
  auto credentials = file.credentials;
  if (demo) {
    const auto more = demo_credentials();
    credentials.insert(credentials.end(), more.begin(), more.end());
  }
  if (credentials.empty()) {
    return complain(
        kUsage,
        "no [[principals]] are configured: nobody could log in. Write some into a file for --config "
        "(docs/configuration.md shows how), or serve the demo with --demo");
  }
  auto anonymous = anonymous_principal(settings, credentials);
  if (!anonymous) return complain(kUsage, sentence_of(anonymous.error()));
  const auto signals = block_signals();

  const std::string& data = settings.text("data");
  std::error_code made;
  std::filesystem::create_directories(data, made);
  if (made) return complain(kDataUnavailable, data + ": the data folder can't be made: " + made.message());
  auto opened = archive::Archive::open(archive_options(settings));
  if (!opened) {
    const auto& error = opened.error();
    const bool damaged = error.code == ErrorCode::store_corrupt;
    return complain(exit_code_of_open(error),
                    std::string{damaged ? "the data is damaged, and nothing was changed: " : ""} +
                        sentence_of(error) + (damaged ? ". docs/operations.md says what can be done" : ""));
  }
  const auto archive = std::move(*opened);

  auto token_key = own_token_key(data);
  if (!token_key) return complain(kDataUnavailable, sentence_of(token_key.error()));
  auth::TokenSettings tokens;
  tokens.private_key_pem = *token_key;
  tokens.lifetime_s = settings.integer("buildingx.token_seconds");
  const auto& public_url = settings.text("public_url");
  if (listening->plain) tokens.issuer = listening->plain->url("http") + "/";
  if (listening->tls && !listening->plain) tokens.issuer = listening->tls->url("https") + "/";
  if (!public_url.empty()) tokens.issuer = public_url + (public_url.ends_with('/') ? "" : "/");
  auto audiences = settings.list("buildingx.audience");
  if (!audiences.empty()) {
    tokens.default_audience = audiences.front();
    audiences.erase(audiences.begin());
    tokens.audiences = std::move(audiences);
  }
  auth::Authenticator authenticator{credentials, std::move(tokens)};

  dialects::House house{.archive = *archive,
                        .authenticator = authenticator,
                        .clock_ns = &wall_clock_ns,
                        .public_base_url = public_url,
                        .server_name = settings.text("server_name"),
                        .asset_database = settings.text("omf.asset_database"),
                        .csrf_defense = csrf_defense(settings.text("csrf_defense")),
                        .demo_domain = demo ? "demo" : ""};
  if (const auto seeded = seed_catalog(*archive, house, settings, file); !seeded) {
    return complain(seeded.error().code == ErrorCode::invalid_argument ? kUsage : kFailed,
                    sentence_of(seeded.error()));
  }

  console::Access access{*archive, authenticator, std::move(credentials),
                         [&data](const std::string& pem) { return keep_token_key(data, pem); }};
  if (const auto started = access.start(*token_key, wall_clock_ns() / 1'000'000'000); !started) {
    return complain(kFailed, sentence_of(started.error()));
  }
  const Doors doors = open_doors(house, access, settings, *std::move(anonymous));
  const HealthService health{[&] { return archive->ready(); }};
  auto options = server_options(settings, *listening, data);
  if (!options) return complain(kAddressUnavailable, sentence_of(options.error()));
  Welcome welcome{std::filesystem::absolute(data).string(), demo};
  HouseService service{doors, health, welcome};
  HealthService health_alone{[&] { return archive->ready(); }};
  auto server = http::Server::start(std::move(*options), service, [&] { archive->lead(); });
  if (!server) return complain(kAddressUnavailable, sentence_of(server.error()));
  std::unique_ptr<http::Server> health_server;
  if (listening->health) {
    http::Server::Options small;
    small.plain.push_back({listening->health->host, listening->health->port});
    small.connections_max = 64;
    auto started = http::Server::start(std::move(small), health_alone, {});
    if (!started) return complain(kAddressUnavailable, sentence_of(started.error()));
    health_server = std::move(*started);
    listening->health->port = health_server->plain_ports().front();
  }
  if (listening->plain) listening->plain->port = (*server)->plain_ports().front();
  if (listening->tls) listening->tls->port = (*server)->tls_ports().front();
  welcome.listens(listening->plain, listening->tls, listening->health);
  register_gauges(*archive);
  std::optional<archive::RetentionRunner> retention;
  if (const std::int64_t minutes = settings.integer("retention.interval_minutes"); minutes > 0)
    retention.emplace(*archive, minutes * 60 * kNsPerSecond);
  std::optional<Sinusoid> sinusoid;
  if (demo) sinusoid.emplace(*archive);

  std::cout << welcome.text() << std::flush;
  log::info("started", {{"data", data}, {"last_seq", static_cast<std::int64_t>(archive->stats().last_seq)}});

  int signal = 0;
  sigwait(&signals, &signal);
  log::info("stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"}});
  (*server)->stop(kStopDeadlineMs);
  if (health_server) health_server->stop(0);
  sinusoid.reset();
  retention.reset();
  remove_gauges();
  const auto flushed = archive->flush();
  if (!flushed) {
    // Nothing is lost: the journal has it all, and the next start reads it.
    log::error("the last flush failed; the journal keeps what was not flushed",
               {{"detail", flushed.error().detail}});
  }
  log::info("stopped", {{"last_seq", static_cast<std::int64_t>(archive->stats().last_seq)}});
  return flushed ? kDone : kFailed;
}

}  // namespace penstock::app
