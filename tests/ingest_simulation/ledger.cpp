#include "ingest_simulation/ledger.hpp"

#include <algorithm>
#include <charconv>

#include "ingest/marker.hpp"

namespace mux::inline v0::ingest::simulation {
namespace {

constexpr std::string_view id_prefix = "asset";

manifest_row plain(std::uint64_t n) {
  manifest_row row;
  row.passthrough = passthrough_of(n);
  row.external_id = external_id_of(n);
  return row;
}

}  // namespace

std::optional<std::uint64_t> number_of(std::string_view source) {
  source.remove_prefix(std::min(source.rfind('/') + 1, source.size()));
  std::uint64_t n = 0;
  const auto [end, fault] = std::from_chars(source.data(), source.data() + source.size(), n);
  if (fault != std::errc()) return std::nullopt;
  return n;
}

std::string passthrough_of(std::uint64_t n) {
  return n % 3 == 0 ? "p" + std::to_string(n) : std::string();
}

std::string external_id_of(std::uint64_t n) {
  return n % 6 == 0 ? "e" + std::to_string(n) : std::string();
}

server_instant server_time_at(instant at) {
  return server_instant(std::chrono::milliseconds(1'800'000'000'000)) +
         std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch());
}

std::string ledger::add(const manifest_row& sent, instant made, instant listed, instant ready, bool bad) {
  asset one;
  one.row = number_of(sent.url.empty() ? sent.file : sent.url).value_or(UINT64_MAX);
  one.made = made;
  one.listed = listed;
  one.ready = ready;
  one.bad = bad;
  const auto marker = find_marker(sent.passthrough, sent.external_id);
  if (marker) std::copy(marker->begin(), marker->end(), one.marker.begin());
  const manifest_row expected = with_marker(plain(one.row), marker.value_or(""));
  if (!marker || expected.passthrough != sent.passthrough || expected.external_id != sent.external_id)
    ++misshapen_;
  const auto number = static_cast<std::uint32_t>(assets_.size());
  joining_.emplace(listed, number);
  assets_.push_back(one);
  return std::string(id_prefix) + std::to_string(number);
}

const asset* ledger::find(std::string_view id) const {
  if (!id.starts_with(id_prefix)) return nullptr;
  const std::optional<std::uint64_t> n = number_of(id.substr(id_prefix.size()));
  return n && *n < assets_.size() ? &assets_[*n] : nullptr;
}

void ledger::join(instant now) {
  for (; !joining_.empty() && joining_.top().first <= now; joining_.pop()) {
    const std::uint32_t number = joining_.top().second;
    const auto later = [&](instant made, std::uint32_t other) { return made < assets_[other].made; };
    order_.insert(std::upper_bound(order_.begin(), order_.end(), assets_[number].made, later), number);
  }
}

std::vector<const asset*> ledger::page(instant now, bool newest_first, std::size_t offset,
                                       std::size_t limit) {
  join(now);
  std::vector<const asset*> shown;
  for (std::size_t at = offset; at < order_.size() && shown.size() < limit; ++at)
    shown.push_back(&assets_[order_[newest_first ? order_.size() - 1 - at : at]]);
  return shown;
}

listed_asset ledger::show(const asset& one, instant now) const {
  listed_asset shown;
  shown.id = std::string(id_prefix) + std::to_string(&one - assets_.data());
  manifest_row row = with_marker(plain(one.row), std::string_view(one.marker.data(), one.marker.size()));
  shown.passthrough = std::move(row.passthrough);
  shown.external_id = std::move(row.external_id);
  shown.created_at = std::chrono::floor<std::chrono::seconds>(server_time_at(one.made));
  if (now < one.ready) return shown;
  shown.state = one.bad ? readiness::errored : readiness::ready;
  if (one.bad) shown.reason = "invalid_input: no video";
  return shown;
}

}  // namespace mux::inline v0::ingest::simulation
