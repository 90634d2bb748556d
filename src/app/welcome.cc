#include "app/welcome.h"

namespace penstock::app {

namespace {

/// An address that stands for all is shown as one that can be called.
std::string callable(ListenAddress address, std::string_view scheme) {
  if (address.host == "0.0.0.0") address.host = "127.0.0.1";
  if (address.host == "::") address.host = "::1";
  return address.url(scheme);
}

}  // namespace

void Welcome::listens(const std::optional<ListenAddress>& plain, const std::optional<ListenAddress>& tls,
                      const std::optional<ListenAddress>& health) {
  const std::lock_guard lock{mutex_};
  if (plain) base_ = callable(*plain, "http");
  if (tls) tls_base_ = callable(*tls, "https");
  if (health) health_base_ = callable(*health, "http");
}

std::string Welcome::doors() const {
  const auto& base = base_.empty() ? tls_base_ : base_;
  std::string text;
  text += "  PI Web API   " + base + "/piwebapi\n";
  text += "  OMF          " + base + "/piwebapi/omf\n";
  text += "  Building X   " + base +
          "/ingest/partitions/{partition}/points/{point}/values, tokens at /oauth/token\n";
  text += "  EnergyView   " + base + "/{domain}/api/v1/timeseries\n";
  if (!base_.empty() && !tls_base_.empty()) text += "The same doors answer at " + tls_base_ + ".\n";
  return text;
}

std::string Welcome::text() const {
  const std::lock_guard lock{mutex_};
  const auto& base = base_.empty() ? tls_base_ : base_;
  const std::string insecure = base_.empty() ? "-k " : "";
  std::string text = "Penstock is up. The data is in " + data_ + "\n\nOpen doors:\n" + doors();
  text += "Health and metrics: " + (health_base_.empty() ? base : health_base_) + "/health/ready, /metrics\n";
  if (demo_) {
    text +=
        "\nThis is the demo. Logins:\n"
        "  PI Web API and OMF   Basic demo / demo-secret (all), viewer / viewer-secret (reads)\n"
        "  Building X           client demo-client / demo-secret, partition "
        "5a6b1d0e-0000-4000-8000-000000000001\n"
        "  EnergyView           domain demo, Authorization: Key demo-secret\n"
        "\nA first write and a read:\n"
        "  curl " +
        insecure +
        "-i -H 'Authorization: Key demo-secret' -H 'Content-Type: application/json' \\\n"
        "    -d "
        "'[{\"node_id\":1,\"tag\":\"outdoortemp\",\"data\":[{\"v\":12.3,\"ts\":\"2023-01-01T12:00:00Z\"}]}]' "
        "\\\n"
        "    '" +
        base +
        "/demo/api/v1/timeseries?silent=true'\n"
        "  curl " +
        insecure + "-u demo:demo-secret '" + base +
        "/piwebapi/points?path=\\\\PENSTOCK\\EV.demo.1.outdoortemp'\n";
  } else {
    text += "\nLog in as one of the configured principals; `penstock config` lists them.\n";
  }
  text += "\nEnd it with Ctrl-C or SIGTERM.\n";
  return text;
}

std::string Welcome::landing() const {
  const std::lock_guard lock{mutex_};
  return "Penstock, a time-series historian.\n\nOpen doors:\n" + doors() +
         "Health: /health/live, /health/ready. Metrics: /metrics.\n";
}

}  // namespace penstock::app
