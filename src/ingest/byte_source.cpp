#include "ingest/byte_source.hpp"

#include <cstring>

namespace mux::inline v0::ingest {

byte_source::byte_source(std::istream& input) : input_(input) {
  more();
  if (ahead().starts_with("\xEF\xBB\xBF")) consume(3);
}

bool byte_source::more() {
  if (!input_) return false;
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (buffer_.size() - end_ < block) buffer_.resize(end_ + block);
  input_.read(buffer_.data() + end_, static_cast<std::streamsize>(block));
  const auto got = static_cast<std::size_t>(input_.gcount());
  end_ += got;
  return got > 0;
}

void byte_source::consume(std::size_t bytes) noexcept {
  begin_ += bytes;
}

}  // namespace mux::inline v0::ingest
