#include <algorithm>
#include <utility>

#include <mux/secret.hpp>

#include "client/wipe.hpp"

namespace mux::inline v0 {

secret::secret(std::string_view text)
    : text_(text.empty() ? nullptr : std::make_unique<char[]>(text.size())), size_(text.size()) {
  std::copy(text.begin(), text.end(), text_.get());
}

secret::secret(secret&& other) noexcept
    : text_(std::move(other.text_)), size_(std::exchange(other.size_, 0)) {}

secret& secret::operator=(secret other) noexcept {
  std::swap(text_, other.text_);
  std::swap(size_, other.size_);
  return *this;
}

void secret::wipe() noexcept {
  if (text_) client_detail::wipe(text_.get(), size_);
}

}  // namespace mux::inline v0
