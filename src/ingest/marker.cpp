#include "ingest/marker.hpp"

#include <algorithm>
#include <utility>

#include "ingest/text.hpp"

namespace mux::inline v0::ingest {
namespace {

constexpr std::string_view alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

std::uint64_t system_seed() {
  std::random_device device;
  return (static_cast<std::uint64_t>(device()) << 32) ^ device();
}

std::optional<std::string_view> marker_at_front(std::string_view text) noexcept {
  if (!text.starts_with(marker_prefix)) return std::nullopt;
  text.remove_prefix(marker_prefix.size());
  const std::string_view ulid = text.substr(0, ulid_length);
  const bool ends = text.size() == ulid_length || (text.size() > ulid_length && text[ulid_length] == ':');
  if (!ends || !is_ulid(ulid)) return std::nullopt;
  return ulid;
}

}  // namespace

ulid_source::ulid_source() : ulid_source(system_seed()) {}

std::string ulid_source::next(std::chrono::sys_time<std::chrono::milliseconds> now) {
  const auto time = static_cast<std::uint64_t>(now.time_since_epoch().count()) & 0xFFFF'FFFF'FFFF;
  if (time > time_) {
    time_ = time;
    high_ = random_() & 0xFFFF;
    low_ = random_();
  } else if (++low_ == 0 && ++high_ > 0xFFFF) {
    high_ = 0;
    ++time_;
  }
  std::string text(ulid_length, '0');
  std::uint64_t upper = time_ << 16 | high_, lower = low_;
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit) {
    *digit = alphabet[lower & 31];
    lower = lower >> 5 | upper << 59;
    upper >>= 5;
  }
  return text;
}

bool is_ulid(std::string_view text) noexcept {
  return text.size() == ulid_length && text[0] <= '7' &&
         std::all_of(text.begin(), text.end(), [](char c) { return alphabet.find(c) != alphabet.npos; });
}

manifest_row with_marker(manifest_row row, std::string_view ulid) {
  std::string marker(marker_prefix);
  marker += ulid;
  if (row.passthrough.empty())
    row.passthrough = std::move(marker);
  else if (row.external_id.empty())
    row.external_id = std::move(marker);
  else
    row.passthrough.insert(0, marker + ':');
  return row;
}

bool marker_fits(const manifest_row& row) noexcept {
  return row.passthrough.empty() || row.external_id.empty() ||
         code_points(row.passthrough) <= max_shared_passthrough;
}

std::optional<std::string_view> find_marker(std::string_view passthrough,
                                            std::string_view external_id) noexcept {
  if (const auto found = marker_at_front(passthrough)) return found;
  return marker_at_front(external_id);
}

}  // namespace mux::inline v0::ingest
