#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include <mux/error.hpp>
#include <mux/send.hpp>

namespace mux::inline v0::client_detail {

/// What a request of an upload came to, in the terms of resumable uploads.
struct storage_answer {
  enum class kind : std::uint8_t {
    incomplete,  ///< 308: `durable` bytes from the beginning are there
    finished,    ///< 200 or 201
    unclear,     ///< the storage must be asked what it has
    refused,     ///< and a repeat would not change that
  } what = kind::unclear;
  std::uint64_t durable = 0;
  std::optional<std::uint64_t> size;  ///< of what was finished, if the storage says it
  std::string md5;
  std::string crc32c;
  std::optional<std::chrono::nanoseconds> retry_after;
  error why;  ///< of what is unclear or refused; holds nothing of the request, whose address is a secret
};

/// Of an answer with any status.
[[nodiscard]] storage_answer read_storage_answer(const answer& said);
/// Of a request that got no answer.
[[nodiscard]] storage_answer no_storage_answer(error how);

}  // namespace mux::inline v0::client_detail
