// Runs a fuzz target without a fuzzer: every file of its corpus, then copies of them changed by a fixed seed,
// so that the run is the same each time. `replay_<name> CORPUS [CHANGED_COPIES]`

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t kInputBytesMax = 64 * 1024;
constexpr unsigned long kChangedCopies = 4000;

void run(const std::string& input) {
  // A copy of exactly its size, so that a sanitizer sees a read past the end.
  const std::vector<std::uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

class Mutator {
 public:
  explicit Mutator(const std::vector<std::string>& corpus) : corpus_{corpus} {}

  std::string next() {
    std::string input = pick();
    for (std::uint64_t changes = 1 + below(6); changes > 0; --changes) change(input);
    if (input.size() > kInputBytesMax) input.resize(kInputBytesMax);
    return input;
  }

 private:
  std::uint64_t below(std::uint64_t n) { return random_() % n; }
  const std::string& pick() { return corpus_[below(corpus_.size())]; }
  char byte() {
    static constexpr unsigned char kTelling[] = {0x00, 0x01, 0x7f, 0x80, 0xff, '0', '9', '"', '\\',
                                                 '{',  '}',  '[',  ']',  ',',  ':', '-', '%', '\n'};
    return static_cast<char>(below(2) == 0 ? kTelling[below(std::size(kTelling))] : random_());
  }

  void change(std::string& input) {
    if (input.empty()) {
      input.push_back(byte());
      return;
    }
    const std::size_t at = below(input.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(input.size() - at, 16));
    switch (below(7)) {
      case 0: input[at] = static_cast<char>(input[at] ^ (1 << below(8))); break;
      case 1: input[at] = byte(); break;
      case 2: input.insert(at, 1, byte()); break;
      case 3: input.erase(at, length); break;
      case 4: input.insert(at, input.substr(at, length)); break;
      case 5: input.resize(at); break;
      default: {
        const std::string& other = pick();
        if (!other.empty()) input.replace(at, length, other, below(other.size()), 1 + below(32));
      }
    }
  }

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_{20260402};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || !std::filesystem::is_directory(argv[1])) {
    std::fprintf(stderr, "usage: %s CORPUS [CHANGED_COPIES]: CORPUS must be a folder\n", argv[0]);
    return 2;
  }
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::recursive_directory_iterator{argv[1]}) {
    if (entry.is_regular_file()) paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> corpus;
  for (const auto& path : paths) {
    std::ifstream file{path, std::ios::binary};
    corpus.emplace_back(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  if (corpus.empty()) {
    std::fprintf(stderr, "%s holds no files\n", argv[1]);
    return 2;
  }
  for (const std::string& input : corpus) run(input);
  run({});
  const unsigned long copies = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : kChangedCopies;
  Mutator mutator{corpus};
  for (unsigned long i = 0; i < copies; ++i) run(mutator.next());
  std::printf("%zu files and %lu changed copies\n", corpus.size(), copies);
}
