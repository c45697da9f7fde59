#pragma once

#include <array>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include <mux/emulator/server.hpp>
#include <mux/operation.hpp>

#include "emulator/virtual_clock.hpp"

namespace mux::inline v0::emulator {

/// `video_post`, … ; the names of the classes in options, control requests and the ledger.
[[nodiscard]] std::string_view class_name(rate_class c) noexcept;
[[nodiscard]] std::optional<rate_class> find_class(std::string_view name) noexcept;
/// By the documented rule, which looks at method and path alone.
[[nodiscard]] rate_class classify(std::string_view method, std::string_view path) noexcept;
/// A rate above 0 and a burst of at least 1.
[[nodiscard]] bool valid(const bucket_limit& limit) noexcept;

/// What a bucket said to a request.
struct verdict {
  bool granted = true;
  int limit = 0;                           ///< the bucket's size
  int remaining = 0;                       ///< whole tokens left
  std::chrono::nanoseconds next_token{0};  ///< time until one is there, 0 if it is
};

class token_bucket {
 public:
  token_bucket(const bucket_limit& limit, time_point now) noexcept;
  [[nodiscard]] verdict take(time_point now) noexcept;

 private:
  bucket_limit limit_;
  double tokens_;
  time_point filled_at_;
};

/// All buckets: one for each class of each owner (an environment or the account).
class limits {
 public:
  explicit limits(const std::array<bucket_limit, rate_class_count>& classes) : classes_(classes) {}

  [[nodiscard]] verdict take(const std::string& owner, rate_class c, time_point now);
  void set(rate_class c, const bucket_limit& limit);
  void refill() { buckets_.clear(); }

 private:
  std::array<bucket_limit, rate_class_count> classes_;
  std::map<std::pair<std::string, rate_class>, token_bucket> buckets_;
};

}  // namespace mux::inline v0::emulator
