// Codecs beside each other, on random walks and on real measurements: bytes and CPU time per sample, as a
// table. `codec_compare [FOLDER]`: the folder has the gzip'd CSV files of the real measurements. The codecs
// that the server does not use live here alone.

#include <zlib.h>
#include <zstd.h>

#include <bit>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/check.h"
#include "base/text.h"
#include "codec/block.h"
#include "codec/numbers.h"
#include "codec/runs.h"

namespace {

using namespace penstock;

class BitWriter {
 public:
  explicit BitWriter(std::string& out) : out_{out} {}
  void put(std::uint64_t bits, unsigned width) {
    for (; width > 0; --width) {
      if (free_ == 0) {
        out_.push_back(0);
        free_ = 8;
      }
      --free_;
      if ((bits >> (width - 1) & 1) != 0) out_.back() = static_cast<char>(out_.back() | 1 << free_);
    }
  }

 private:
  std::string& out_;
  unsigned free_ = 0;
};

class BitReader {
 public:
  explicit BitReader(std::string_view bytes) : bytes_{bytes} {}
  std::uint64_t get(unsigned width) {
    std::uint64_t bits = 0;
    for (; width > 0; --width, ++at_) {
      bits = bits << 1 | (static_cast<unsigned char>(bytes_[at_ >> 3]) >> (7 - (at_ & 7)) & 1u);
    }
    return bits;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

/// Delta of delta and XOR: Pelkonen et al., "Gorilla", VLDB 2015, with times in milliseconds and 64 bits for
/// what does not fit 32.
namespace gorilla {

constexpr std::int64_t kUnit = kNsPerMillisecond;

void encode(const Run& run, std::size_t first, std::size_t n, std::string& out) {
  BitWriter bits{out};
  std::int64_t before = run.times[first] / kUnit, delta = 0;
  std::uint64_t pattern = std::bit_cast<std::uint64_t>(run.numbers[first]);
  bits.put(static_cast<std::uint64_t>(before), 64);
  bits.put(pattern, 64);
  unsigned leading = 65, trailing = 0;
  for (std::size_t i = first + 1; i < first + n; ++i) {
    const std::int64_t time = run.times[i] / kUnit, d = time - before - delta;
    delta = time - before;
    before = time;
    const auto wrapped = static_cast<std::uint64_t>(d);
    if (d == 0) {
      bits.put(0, 1);
    } else if (d >= -63 && d <= 64) {
      bits.put(2, 2);
      bits.put((wrapped + 63) & 127, 7);
    } else if (d >= -255 && d <= 256) {
      bits.put(6, 3);
      bits.put((wrapped + 255) & 511, 9);
    } else if (d >= -2047 && d <= 2048) {
      bits.put(14, 4);
      bits.put((wrapped + 2047) & 4095, 12);
    } else {
      bits.put(15, 4);
      bits.put(wrapped, 64);
    }
    const std::uint64_t now = std::bit_cast<std::uint64_t>(run.numbers[i]), changed = now ^ pattern;
    pattern = now;
    if (changed == 0) {
      bits.put(0, 1);
      continue;
    }
    bits.put(1, 1);
    const auto zeros_in_front = std::min(31u, static_cast<unsigned>(std::countl_zero(changed)));
    const auto zeros_behind = static_cast<unsigned>(std::countr_zero(changed));
    if (leading <= 64 && zeros_in_front >= leading && zeros_behind >= trailing) {
      bits.put(0, 1);
    } else {
      leading = zeros_in_front;
      trailing = zeros_behind;
      bits.put(1, 1);
      bits.put(leading, 5);
      bits.put(64 - leading - trailing - 1, 6);
    }
    bits.put(changed >> trailing, 64 - leading - trailing);
  }
}

void decode(std::string_view bytes, std::size_t n, Run& out) {
  BitReader bits{bytes};
  auto time = static_cast<std::int64_t>(bits.get(64));
  std::uint64_t pattern = bits.get(64);
  std::int64_t delta = 0;
  unsigned leading = 0, trailing = 0;
  for (std::size_t i = 0; i < n; ++i) {
    if (i > 0) {
      std::int64_t d = 0;
      if (bits.get(1) != 0) {
        if (bits.get(1) == 0) {
          d = static_cast<std::int64_t>(bits.get(7)) - 63;
        } else if (bits.get(1) == 0) {
          d = static_cast<std::int64_t>(bits.get(9)) - 255;
        } else if (bits.get(1) == 0) {
          d = static_cast<std::int64_t>(bits.get(12)) - 2047;
        } else {
          d = static_cast<std::int64_t>(bits.get(64));
        }
      }
      delta += d;
      time += delta;
      if (bits.get(1) != 0) {
        if (bits.get(1) != 0) {
          leading = static_cast<unsigned>(bits.get(5));
          trailing = 64 - leading - static_cast<unsigned>(bits.get(6)) - 1;
        }
        pattern ^= bits.get(64 - leading - trailing) << trailing;
      }
    }
    out.times.push_back(time * kUnit);
    out.numbers.push_back(std::bit_cast<double>(pattern));
  }
}

}  // namespace gorilla

/// Scaled decimals and a grid of times, bit-packed: the frames of the journal, one after the other.
namespace packed {

void encode(const Run& run, std::size_t first, std::size_t n, std::string& out) {
  ByteWriter writer{out};
  for (std::size_t at = 0; at < n; at += codec::kFrameSamplesMax) {
    std::string frame;
    codec::encode_frame(run, first + at, std::min(codec::kFrameSamplesMax, n - at), frame);
    writer.text(frame);
  }
}

void decode(std::string_view bytes, std::size_t, Run& out) {
  ByteReader in{bytes};
  while (!in.at_end()) CHECK(codec::decode_frame(in.text(), out).has_value());
}

}  // namespace packed

/// The same columns, not packed but split into planes of bytes, and zstd over them.
namespace planes {

constexpr int kLevel = 3;

std::uint64_t zigzag(std::int64_t v) {
  return static_cast<std::uint64_t>(v) << 1 ^ static_cast<std::uint64_t>(v >> 63);
}
std::int64_t unzigzag(std::uint64_t z) {
  return static_cast<std::int64_t>(z >> 1 ^ (0 - (z & 1)));
}

void put_planes(const std::vector<std::int64_t>& column, std::string& out) {
  std::uint64_t all = 0;
  for (const std::int64_t v : column) all |= zigzag(v);
  const auto bytes = static_cast<std::size_t>(std::bit_width(all) + 7) / 8;
  out.push_back(static_cast<char>(bytes));
  for (std::size_t plane = 0; plane < bytes; ++plane) {
    for (const std::int64_t v : column) out.push_back(static_cast<char>(zigzag(v) >> (8 * plane)));
  }
}

std::vector<std::int64_t> get_planes(ByteReader& in, std::size_t n) {
  std::vector<std::uint64_t> column(n);
  const std::size_t bytes = in.u8();
  for (std::size_t plane = 0; plane < bytes; ++plane) {
    const std::string_view from = in.raw(n);
    for (std::size_t i = 0; i < n; ++i) {
      column[i] |= static_cast<std::uint64_t>(static_cast<unsigned char>(from[i])) << (8 * plane);
    }
  }
  std::vector<std::int64_t> out(n);
  for (std::size_t i = 0; i < n; ++i) out[i] = unzigzag(column[i]);
  return out;
}

std::int64_t minus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
std::int64_t plus(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void encode(const Run& run, std::size_t first, std::size_t n, std::string& out) {
  // Times from an even grid of the mean step, values as differences of their decimals or of their patterns.
  std::string flat;
  ByteWriter writer{flat};
  const std::int64_t t0 = run.times[first];
  std::int64_t unit = kNsPerSecond;
  for (std::size_t i = 1; i < n; ++i) {
    while ((run.times[first + i] - t0) % unit != 0) unit /= 10;
  }
  const std::int64_t span = (run.times[first + n - 1] - t0) / unit;
  const std::int64_t step = n > 1 ? span / static_cast<std::int64_t>(n - 1) : 0;
  writer.fixed(t0);
  writer.fixed(unit);
  writer.fixed(step);
  std::vector<std::int64_t> column(n);
  for (std::size_t i = 0; i < n; ++i) {
    column[i] = (run.times[first + i] - t0) / unit - static_cast<std::int64_t>(i) * step;
  }
  put_planes(column, flat);
  int scale = 0;
  for (std::size_t at = 0; at < n && scale >= 0; at += codec::kColumnMax) {
    codec::Decimals decimals;
    const std::size_t some = std::min(codec::kColumnMax, n - at);
    codec::find_decimals(&run.numbers[first + at], some, codec::Precision::full, scale, decimals);
    if (decimals.scale != scale && at != 0 && decimals.scale >= 0) {
      scale = decimals.scale;
      at = 0 - codec::kColumnMax;  // Once more from the beginning.
      continue;
    }
    scale = decimals.exceptions == 0 && decimals.scale <= codec::kScaleMeant ? decimals.scale : -1;
    if (scale >= 0) std::copy_n(decimals.mantissas, some, column.begin() + static_cast<std::ptrdiff_t>(at));
  }
  writer.fixed(scale);
  if (scale < 0) {
    for (std::size_t i = 0; i < n; ++i) column[i] = std::bit_cast<std::int64_t>(run.numbers[first + i]);
  }
  for (std::size_t i = n - 1; i > 0; --i) column[i] = minus(column[i], column[i - 1]);
  put_planes(column, flat);
  const std::size_t begin = out.size();
  out.resize(begin + ZSTD_compressBound(flat.size()));
  out.resize(begin + ZSTD_compress(out.data() + begin, out.size() - begin, flat.data(), flat.size(), kLevel));
}

void decode(std::string_view bytes, std::size_t n, Run& out) {
  std::string flat(ZSTD_getFrameContentSize(bytes.data(), bytes.size()), '\0');
  ZSTD_decompress(flat.data(), flat.size(), bytes.data(), bytes.size());
  ByteReader in{flat};
  const auto t0 = in.fixed<std::int64_t>(), unit = in.fixed<std::int64_t>(), step = in.fixed<std::int64_t>();
  std::vector<std::int64_t> column = get_planes(in, n);
  for (std::size_t i = 0; i < n; ++i) {
    out.times.push_back(t0 + (column[i] + static_cast<std::int64_t>(i) * step) * unit);
  }
  const int scale = in.fixed<int>();
  column = get_planes(in, n);
  for (std::size_t i = 1; i < n; ++i) column[i] = plus(column[i], column[i - 1]);
  out.numbers.resize(out.times.size());
  if (scale >= 0) {
    codec::from_decimals(column.data(), n, codec::Precision::full, scale, &out.numbers[out.times.size() - n]);
  } else {
    std::memcpy(&out.numbers[out.times.size() - n], column.data(), 8 * n);
  }
}

}  // namespace planes

/// The blocks of the archive.
namespace ours {

void encode(const Run& run, std::size_t first, std::size_t n, std::string& out) {
  codec::encode_block(run, first, n, out);
}
void decode(std::string_view bytes, std::size_t, Run& out) {
  const auto block = codec::BlockView::open(bytes);
  CHECK(block.has_value() && block->decode_all(out).has_value());
}

}  // namespace ours

struct Codec {
  const char* name;
  void (*encode)(const Run&, std::size_t, std::size_t, std::string&);
  void (*decode)(std::string_view, std::size_t, Run&);
};
constexpr Codec kCodecs[] = {{"Gorilla", gorilla::encode, gorilla::decode},
                             {"decimals, packed", packed::encode, packed::decode},
                             {"decimals, zstd", planes::encode, planes::decode},
                             {"blocks", ours::encode, ours::decode}};

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Cost {
  double bytes = 0, encode_ns = 0, decode_ns = 0;
};

/// Of all series, in blocks of up to 8,192 samples.
Cost measure(const Codec& codec, const std::vector<Run>& series) {
  Cost cost;
  std::size_t samples = 0;
  for (const Run& run : series) {
    for (std::size_t first = 0; first < run.size(); first += codec::kBlockSamplesMax) {
      const std::size_t n = std::min(codec::kBlockSamplesMax, run.size() - first);
      std::string bytes;
      double best = 1e9, best_decode = 1e9;
      Run back;
      for (int round = 0; round < 3; ++round) {
        bytes.clear();
        double begin = seconds_now();
        codec.encode(run, first, n, bytes);
        best = std::min(best, seconds_now() - begin);
        back.clear();
        begin = seconds_now();
        codec.decode(bytes, n, back);
        best_decode = std::min(best_decode, seconds_now() - begin);
      }
      for (std::size_t i = 0; i < n; ++i) {
        CHECK(back.times[i] == run.times[first + i] &&
              std::bit_cast<std::uint64_t>(back.numbers[i]) ==
                  std::bit_cast<std::uint64_t>(run.numbers[first + i]));
      }
      cost.bytes += static_cast<double>(bytes.size());
      cost.encode_ns += best * 1e9;
      cost.decode_ns += best_decode * 1e9;
      samples += n;
    }
  }
  const auto all = static_cast<double>(samples);
  return {cost.bytes / all, cost.encode_ns / all, cost.decode_ns / all};
}

/// Lines of a gzip'd text.
void each_line(const std::string& path, const std::function<void(std::string_view)>& take) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return;
  char line[4096];
  while (gzgets(file, line, sizeof line) != nullptr) take(trim(line));
  gzclose(file);
}

/// Each column of numbers as a series; `key` is a column whose every text begins series anew, or -1. Rows
/// that go back in time are left out.
std::vector<Run> read_series(const std::string& path, std::size_t time_column, int key) {
  std::map<std::string, Run> series;
  bool head = true;
  each_line(path, [&](std::string_view line) {
    if (std::exchange(head, false)) return;
    const auto cells = split(line, ',');
    if (cells.size() <= time_column) return;
    const auto time = parse_timestamp(cells[time_column], OffsetRule::utc_if_absent);
    if (!time) return;
    for (std::size_t c = 0; c < cells.size(); ++c) {
      if (c == time_column || static_cast<int>(c) == key || cells[c].empty()) continue;
      char* end = nullptr;
      const std::string text{cells[c]};
      const double value = std::strtod(text.c_str(), &end);
      if (end != text.c_str() + text.size()) continue;
      Run& run = series[(key < 0 ? std::string{} : std::string{cells[static_cast<std::size_t>(key)]}) + "/" +
                        std::to_string(c)];
      if (!run.empty() && run.times.back() >= time->unix_ns()) continue;
      run.times.push_back(time->unix_ns());
      run.numbers.push_back(value);
    }
  });
  std::vector<Run> out;
  for (auto& [name, run] : series) {
    if (run.size() >= 1000) out.push_back(std::move(run));
  }
  return out;
}

void report(const char* name, const std::vector<Run>& series) {
  std::size_t samples = 0;
  for (const Run& run : series) samples += run.size();
  if (samples == 0) return;
  std::printf("| %s, %zu series, %.2f M samples |", name, series.size(), static_cast<double>(samples) / 1e6);
  for (const Codec& codec : kCodecs) {
    const Cost cost = measure(codec, series);
    std::printf(" %.3f B, %.1f, %.1f |", cost.bytes, cost.encode_ns, cost.decode_ns);
    std::fflush(stdout);
  }
  std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
  std::printf("| Data |");
  for (const Codec& codec : kCodecs) std::printf(" %s |", codec.name);
  std::printf("\n| --- |");
  for ([[maybe_unused]] const Codec& codec : kCodecs) std::printf(" --- |");
  std::printf("\n");
  std::vector<Run> walks;
  for (std::uint64_t seed = 1; seed <= 20; ++seed)
    walks.push_back(testing::walk(codec::kBlockSamplesMax, seed));
  report("random walks", walks);
  if (argc < 2) return 0;
  const std::string folder = std::string{argv[1]} + "/";
  report("solar-thermal plant", read_series(folder + "thermal_solar_plant.csv.gz", 0, -1));
  report("valve rig", read_series(folder + "skab_valve.csv.gz", 1, 0));
  report("tower sensor", read_series(folder + "tour_perret_ems.csv.gz", 0, -1));
  report("mixed series", read_series(folder + "nab_real.csv.gz", 1, 0));
  report("transformer 1", read_series(folder + "ETTh1.csv.gz", 0, -1));
  report("transformer 2", read_series(folder + "ETTh2.csv.gz", 0, -1));
}
