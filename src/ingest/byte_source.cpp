#include "ingest/byte_source.hpp"

#include <utility>

namespace mux::inline v0::ingest {

byte_source::byte_source(std::istream& input) : input_(input) {
  fill();
  if (std::string_view(block_.data(), size_).starts_with("\xEF\xBB\xBF")) next_ = 3;
}

void byte_source::fill() {
  input_.read(block_.data(), static_cast<std::streamsize>(block_.size()));
  size_ = static_cast<std::size_t>(input_.gcount());
  next_ = 0;
}

std::string_view byte_source::ahead() {
  return std::string_view(block_.data() + next_, size_ - next_);
}

int byte_source::peek() {
  if (next_ == size_ && size_ != 0) fill();
  return next_ == size_ ? end : static_cast<unsigned char>(block_[next_]);
}

int byte_source::get() {
  const int byte = peek();
  if (byte == end) {
    if (!utf8_.at_boundary() && !bad_) bad_ = sequence_;
    utf8_.reset();
    return end;
  }
  ++next_;
  if (utf8_.at_boundary()) sequence_ = position_;
  if (const bool inside = !utf8_.at_boundary(); !utf8_.accept(static_cast<unsigned char>(byte))) {
    if (!bad_) bad_ = inside ? sequence_ : position_;
    // The byte that broke a sequence may begin a good one.
    if (inside) {
      sequence_ = position_;
      utf8_.accept(static_cast<unsigned char>(byte));
    }
  }
  if (byte == 0 && !bad_) bad_ = position_;
  if (byte == '\n') {
    ++position_.line;
    position_.column = 1;
  } else if ((byte & 0xC0) != 0x80) {
    ++position_.column;
  }
  return byte;
}

std::optional<text_position> byte_source::take_bad_byte() noexcept {
  return std::exchange(bad_, std::nullopt);
}

}  // namespace mux::inline v0::ingest
