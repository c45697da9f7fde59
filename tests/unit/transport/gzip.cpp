#include "unit/transport/gzip.hpp"

#include <algorithm>
#include <cstdint>

#include <zlib.h>

namespace mux::test {
namespace {

class compressor {
 public:
  compressor() { deflateInit2(&stream_, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY); }
  ~compressor() { deflateEnd(&stream_); }
  compressor(const compressor&) = delete;
  compressor& operator=(const compressor&) = delete;

  void add(std::string_view text, int flush) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream_.avail_in = static_cast<uInt>(text.size());
    char part[16 * 1024];
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(part);
      stream_.avail_out = sizeof part;
      deflate(&stream_, flush);
      made.append(part, sizeof part - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  std::string made;

 private:
  z_stream stream_{};
};

}  // namespace

std::string gzipped(std::string_view text) {
  compressor all;
  all.add(text, Z_FINISH);
  return std::move(all.made);
}

std::string gzip_bomb(std::size_t size) {
  const std::string zeros(1 << 20, '\0');
  compressor all;
  for (; size > zeros.size(); size -= zeros.size()) all.add(zeros, Z_NO_FLUSH);
  all.add(std::string_view(zeros).substr(0, size), Z_FINISH);
  return std::move(all.made);
}

std::string rows(std::size_t size) {
  std::string text;
  std::uint64_t random = 88172645463325252;
  while (text.size() < size) {
    random ^= random << 13;
    random ^= random >> 7;
    random ^= random << 17;
    text += R"({"id":")" + std::to_string(random) + R"(","status":"ready","duration":23.8},)";
  }
  text.resize(size);
  return text;
}

}  // namespace mux::test
