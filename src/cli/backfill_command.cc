#include "cli/backfill_command.h"

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>

#include "cli/backfill.h"

namespace penstock::cli {

namespace {

struct Flags {
  BackfillOptions options;
  std::string type, time_format = "iso";
  double retry_s = 300;
  bool insecure = false, no_create = false;
};

int complain(const Error& error) {
  std::cerr << "penstock backfill: " << (error.where.empty() ? "" : error.where + ": ") << error.detail
            << std::endl;
  switch (error.code) {
    case ErrorCode::invalid_argument:
    case ErrorCode::not_found:
    case ErrorCode::invalid_time: return 2;
    default: return 1;
  }
}

int run(Flags& flags) {
  auto& options = flags.options;
  if (!flags.type.empty()) {
    options.input.type = parse_point_type(flags.type);
    if (!options.input.type)
      return complain({ErrorCode::invalid_argument, "--type", "there is no such point type"});
  }
  if (flags.time_format == "unix") options.input.time_format = TimeFormat::unix_s;
  if (flags.time_format == "unix-ms") options.input.time_format = TimeFormat::unix_ms;
  options.door.verify = !flags.insecure;
  options.door.create = !flags.no_create;
  options.retry_ms = static_cast<std::int64_t>(flags.retry_s * 1000);
  const auto counts = backfill(options);
  if (!counts) return complain(counts.error());
  std::cout << counts->written << " of " << counts->values << " values are stored";
  if (counts->ignored != 0)
    std::cout << ", " << counts->ignored << " of them had a value at their time already";
  if (counts->rejected != 0) std::cout << "; " << counts->rejected << " were not sent";
  if (counts->refused != 0)
    std::cout << "; " << counts->refused << " were refused by the server, as the log says";
  if (!counts->conflict_report.empty()) std::cout << "; see " << counts->conflict_report;
  std::cout << std::endl;
  return counts->refused == 0 ? 0 : 1;
}

}  // namespace

void add_backfill(CLI::App& app, int& code) {
  auto* command = app.add_subcommand(
      "backfill",
      "Load a CSV file (plain or gzipped) through one of the doors, of Penstock or of the vendor's server.");
  auto flags = std::make_shared<Flags>();
  auto& input = flags->options.input;
  auto& door = flags->options.door;
  command->add_option("file", input.file, "The CSV file; its first row names the columns.")->required();
  command->add_option("--door", door.door, "Which API to speak.")
      ->required()
      ->check(CLI::IsMember({"pi", "omf", "buildingx", "energyview"}));
  command
      ->add_option("--url", door.url,
                   "The server, as http://127.0.0.1:8080; with a path where the API is elsewhere.")
      ->required();
  command->add_option("--user", door.user, "pi, omf: user name.")->group("Login");
  command->add_option("--password", door.password, "pi, omf: password.")
      ->envname("PENSTOCK_BACKFILL_PASSWORD")
      ->group("Login");
  command->add_option("--client", door.client_id, "buildingx: client id.")->group("Login");
  command->add_option("--secret", door.secret, "buildingx: client secret.")
      ->envname("PENSTOCK_BACKFILL_SECRET")
      ->group("Login");
  command->add_option("--audience", door.audience, "buildingx: audience of the token.")->group("Login");
  command->add_option("--token-url", door.token_url, "buildingx: where tokens are, if elsewhere.")
      ->group("Login");
  command->add_option("--domain", door.domain, "energyview: domain.")->group("Login");
  command->add_option("--key", door.key, "energyview: key.")
      ->envname("PENSTOCK_BACKFILL_KEY")
      ->group("Login");
  command->add_flag("--insecure", flags->insecure, "Do not check the server's certificate.")->group("Login");
  command->add_option("--ca-file", door.ca_file, "Check it with this certificate (PEM).")->group("Login");

  command->add_option("--time-column", input.time_column, "Column of the time; default the first.")
      ->group("Input");
  command->add_option("--columns", input.columns, "Columns with values, comma separated; default all others.")
      ->delimiter(',')
      ->group("Input");
  command->add_option("--series-column", input.series_column, "Column that divides the rows into series.")
      ->group("Input");
  command
      ->add_option("--point", input.point_template,
                   "Name of the points, with {series}, {column} and {file}. pi: tag; omf: container; "
                   "buildingx: point or partition/point; energyview: tag or node/tag.")
      ->group("Input");
  command
      ->add_option("--map", input.map_file, "CSV with the columns column, point and if wanted series, type.")
      ->group("Input");
  command->add_option("--time-zone", input.time_zone, "Zone of times without an offset; default UTC.")
      ->group("Input");
  command->add_option("--time-format", flags->time_format, "iso, unix or unix-ms.")
      ->check(CLI::IsMember({"iso", "unix", "unix-ms"}))
      ->group("Input");
  command->add_option("--null", input.nulls, "A text that means no value; may be repeated.")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("Input");
  command->add_option("--type", flags->type, "Type of all points, as Float64; default found from the values.")
      ->group("Input");
  command->add_option("--separator", input.separator, "Between fields; default a comma.")->group("Input");

  command->add_option("--partition", door.partition, "buildingx: partition of points without one.")
      ->group("Writing");
  command->add_option("--node", door.node, "energyview: node of tags without one.")->group("Writing");
  command->add_option("--server-name", door.server_name, "pi: the data server; default the first.")
      ->group("Writing");
  command->add_flag("--overwrite", door.overwrite, "Replace values that are there; else they stay.")
      ->group("Writing");
  command->add_flag("--no-create", flags->no_create, "Fail if a point is missing.")->group("Writing");
  command
      ->add_option("--chunk", flags->options.chunk_values, "Values per request; default what suits the door.")
      ->group("Writing");
  command->add_option("--connections", flags->options.connections, "Requests at a time; default 4.")
      ->check(CLI::Range(1, 64))
      ->group("Writing");
  command
      ->add_option("--retry", flags->retry_s,
                   "Seconds to go on trying while the server is away; default 300.")
      ->group("Writing");
  command
      ->add_option("--work", flags->options.work_directory, "Folder of log, resume file and conflict report.")
      ->group("Writing");
  command->add_flag("--restart", flags->options.restart, "Begin anew, whatever an earlier run has sent.")
      ->group("Writing");
  command->add_flag("--quiet", flags->options.quiet, "No progress bar.")->group("Writing");
  command->callback([flags, &code] { code = run(*flags); });
}

}  // namespace penstock::cli
