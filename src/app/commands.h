#pragma once

namespace penstock::app {

/// The whole command line of `penstock`. Returns the exit code.
int run(int argc, char** argv);

}  // namespace penstock::app
