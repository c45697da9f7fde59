#include "emulator/asset_store.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "emulator/base64.hpp"

namespace mux::inline v0::emulator {
namespace {

constexpr char separator = ' ';

/// Cuts the text up to the next separator off `text`.
std::string_view next_part(std::string_view& text) {
  const auto at = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

template <class Number>
bool read_number(std::string_view text, Number& out) {
  const auto end = text.data() + text.size();
  const auto [stopped, failure] = std::from_chars(text.data(), end, out);
  return failure == std::errc() && stopped == end;
}

constexpr auto by_serial = [](const std::unique_ptr<stored_asset>& asset, std::uint64_t serial) {
  return asset->serial < serial;
};

}  // namespace

std::string listing::cursor(std::uint64_t last) const {
  return base64_encode("a1 " + std::to_string(last) + separator + std::to_string(limit) + separator +
                       live_stream_id + separator + upload_id);
}

bool listing::resume(std::string_view cursor, bool keep_limit) {
  const auto decoded = base64_decode(cursor);
  if (!decoded) return false;
  std::string_view rest = *decoded;
  if (next_part(rest) != "a1") return false;
  std::size_t stored_limit = 0;
  if (!read_number(next_part(rest), after.emplace()) || !read_number(next_part(rest), stored_limit))
    return false;
  if (stored_limit < 1 || stored_limit > 100) return false;
  if (!keep_limit) limit = stored_limit;
  live_stream_id = next_part(rest);
  upload_id = rest;
  return true;
}

stored_asset& asset_store::add(stored_asset asset) {
  auto& added = *assets_.emplace_back(std::make_unique<stored_asset>(std::move(asset)));
  by_id_.emplace(added.id, &added);
  all_listed_at_ = std::max(all_listed_at_, added.listed_at);
  return added;
}

stored_asset* asset_store::find(std::string_view id) noexcept {
  const auto at = by_id_.find(id);
  return at == by_id_.end() ? nullptr : at->second;
}

void asset_store::erase(const stored_asset& asset) {
  by_id_.erase(asset.id);
  assets_.erase(std::lower_bound(assets_.begin(), assets_.end(), asset.serial, by_serial));
}

void asset_store::clear() {
  by_id_.clear();
  assets_.clear();
}

void asset_store::reserve(std::size_t more) {
  assets_.reserve(assets_.size() + more);
  by_id_.reserve(by_id_.size() + more);
}

asset_page asset_store::list(const listing& which, time_point now) const {
  const bool filtered = !which.live_stream_id.empty() || !which.upload_id.empty() || now < all_listed_at_;
  const auto matches = [&](const stored_asset& asset) {
    return now >= asset.listed_at &&
           (which.live_stream_id.empty() || asset.live_stream_id == which.live_stream_id) &&
           (which.upload_id.empty() || asset.upload_id == which.upload_id);
  };

  // `left` assets of the order asked for remain; the next one stands at position size - left of that order.
  std::size_t left = assets_.size();
  std::size_t skip = 0;
  if (which.after) {
    const auto at =
        std::lower_bound(assets_.begin(), assets_.end(), *which.after + (newest_first_ ? 0 : 1), by_serial);
    const auto older = static_cast<std::size_t>(at - assets_.begin());
    left = newest_first_ ? older : assets_.size() - older;
  } else {
    const auto before = which.page - 1;
    skip = before > assets_.size() / which.limit ? assets_.size() : before * which.limit;
    if (!filtered) left -= std::min(left, std::exchange(skip, 0));
  }

  asset_page page;
  for (; left > 0; --left) {
    const auto& asset = *assets_[newest_first_ ? left - 1 : assets_.size() - left];
    if (filtered && !matches(asset)) continue;
    if (skip > 0) {
      --skip;
      continue;
    }
    if (page.assets.size() == which.limit) {
      page.next_cursor = which.cursor(page.assets.back()->serial);
      break;
    }
    page.assets.push_back(&asset);
  }
  return page;
}

}  // namespace mux::inline v0::emulator
