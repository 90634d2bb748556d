#pragma once

namespace CLI {
class App;
}

namespace penstock::cli {

/// Adds the command `backfill`. When it runs it leaves its exit code in `code`: 0 all values are stored, 1
/// some are not, 2 wrong options or input.
void add_backfill(CLI::App& app, int& code);

}  // namespace penstock::cli
