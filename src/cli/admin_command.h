#pragma once

namespace CLI {
class App;
}

namespace penstock::cli {

/// Adds the commands of administrators, which `verb_groups` lists. Each speaks HTTP to a running server,
/// under /penstock/v1. `code` gets the exit code.
void add_administration(CLI::App& app, int& code);

}  // namespace penstock::cli
