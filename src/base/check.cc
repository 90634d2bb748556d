#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace penstock {

void check_failed(const char* condition, const char* file, int line) {
  std::fprintf(stderr,
               "{\"level\":\"critical\",\"msg\":\"check failed\",\"condition\":\"%s\",\"at\":\"%s:%d\"}\n",
               condition, file, line);
  std::fflush(stderr);
  std::abort();
}

}  // namespace penstock
