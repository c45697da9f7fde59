#include "emulator/limits.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace mux::inline v0::emulator {
namespace {

constexpr std::array<std::string_view, rate_class_count> names = {
    "video_post", "video_other", "monitoring", "data", "system", "robots", "storage", "unlimited"};

// A request that comes exactly when its token is due must not be refused for a rounding error of the sum.
constexpr double rounding = 1e-6;

}  // namespace

std::string_view class_name(rate_class c) noexcept {
  return names[static_cast<std::size_t>(c)];
}

std::optional<rate_class> find_class(std::string_view name) noexcept {
  const auto at = std::find(names.begin(), names.end(), name);
  if (at == names.end()) return std::nullopt;
  return static_cast<rate_class>(at - names.begin());
}

rate_class classify(std::string_view method, std::string_view path) noexcept {
  if (path.starts_with("/video/")) return method == "POST" ? rate_class::video_post : rate_class::video_other;
  if (path.starts_with("/data/v1/monitoring") || path.starts_with("/data/v1/realtime"))
    return rate_class::monitoring;
  if (path.starts_with("/data/")) return rate_class::data;
  if (path.starts_with("/system/")) return rate_class::system;
  if (path.starts_with("/robots/")) return rate_class::robots;
  return rate_class::unlimited;
}

bool valid(const bucket_limit& limit) noexcept {
  return limit.rate > 0 && limit.burst >= 1;
}

token_bucket::token_bucket(const bucket_limit& limit, time_point now) noexcept
    : limit_(limit), tokens_(limit.burst), filled_at_(now) {}

verdict token_bucket::take(time_point now) noexcept {
  if (std::isinf(limit_.rate)) return {true, limit_.burst, limit_.burst, {}};
  const std::chrono::duration<double> passed = now - filled_at_;
  filled_at_ = now;
  tokens_ = std::min<double>(limit_.burst, tokens_ + passed.count() * limit_.rate);
  const bool granted = tokens_ >= 1 - rounding;
  if (granted) tokens_ = std::max(0.0, tokens_ - 1);
  const std::chrono::duration<double> missing(std::max(0.0, 1 - tokens_) / limit_.rate);
  return {granted, limit_.burst, static_cast<int>(tokens_ + rounding),
          std::chrono::ceil<std::chrono::nanoseconds>(missing)};
}

verdict limits::take(const std::string& owner, rate_class c, time_point now) {
  const auto& limit = classes_[static_cast<std::size_t>(c)];
  return buckets_.try_emplace({owner, c}, limit, now).first->second.take(now);
}

void limits::set(rate_class c, const bucket_limit& limit) {
  classes_[static_cast<std::size_t>(c)] = limit;
  std::erase_if(buckets_, [c](const auto& entry) { return entry.first.second == c; });
}

}  // namespace mux::inline v0::emulator
