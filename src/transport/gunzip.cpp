#include "transport/gunzip.hpp"

#include <algorithm>
#include <limits>
#include <new>

#include <openssl/crypto.h>
#include <zlib.h>

namespace mux::inline v0::transport {
namespace {

constexpr int gzip_with_any_window = 15 + 16;

// zlib does not say how large the memory is that it gives back, so the size stands in front of it.
constexpr std::size_t size_room = alignof(std::max_align_t);

void* take(void*, uInt items, uInt size) {
  const std::size_t bytes = size_room + static_cast<std::size_t>(items) * size;
  void* const block = ::operator new(bytes, std::nothrow);
  if (block == nullptr) return nullptr;
  *static_cast<std::size_t*>(block) = bytes;
  return static_cast<char*>(block) + size_room;
}

void wipe(void*, void* memory) {
  char* const block = static_cast<char*>(memory) - size_room;
  OPENSSL_cleanse(block, *reinterpret_cast<const std::size_t*>(block));
  ::operator delete(block);
}

}  // namespace

struct gunzip::machine {
  machine() {
    stream.zalloc = take;
    stream.zfree = wipe;
    if (inflateInit2(&stream, gzip_with_any_window) != Z_OK) throw std::bad_alloc();
  }
  machine(const machine&) = delete;
  machine& operator=(const machine&) = delete;
  ~machine() { inflateEnd(&stream); }
  z_stream stream{};
};

gunzip::gunzip() : machine_(std::make_unique<machine>()) {}

gunzip::~gunzip() {
  OPENSSL_cleanse(made_.data(), made_.size());
}

gunzip::step gunzip::decode(std::string_view coded) {
  step done;
  z_stream& stream = machine_->stream;
  if (broken_ || coded.empty()) return done;
  if (whole_) inflateReset(&stream);
  whole_ = false;
  const auto given = static_cast<uInt>(std::min<std::size_t>(coded.size(), std::numeric_limits<uInt>::max()));
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  stream.avail_in = given;
  stream.next_out = reinterpret_cast<Bytef*>(made_.data());
  stream.avail_out = static_cast<uInt>(made_.size());
  const int outcome = inflate(&stream, Z_NO_FLUSH);
  whole_ = outcome == Z_STREAM_END;
  broken_ = !whole_ && outcome != Z_OK && outcome != Z_BUF_ERROR;
  if (broken_) return done;
  done.used = given - stream.avail_in;
  done.made = std::string_view(made_.data(), made_.size() - stream.avail_out);
  return done;
}

std::string_view gunzip::fault() const noexcept {
  return machine_->stream.msg == nullptr ? "" : machine_->stream.msg;
}

}  // namespace mux::inline v0::transport
