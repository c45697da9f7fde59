#pragma once

// Compresses for the tests, with zlib.

#include <string>
#include <string_view>

namespace mux::test {

/// One gzip member.
std::string gzipped(std::string_view text);
/// One gzip member that becomes `size` zero bytes, made without ever holding them; about a thousandth of
/// that.
std::string gzip_bomb(std::size_t size);
/// Text that compresses about as JSON does.
std::string rows(std::size_t size);

}  // namespace mux::test
