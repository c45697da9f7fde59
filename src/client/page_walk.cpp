#include <algorithm>

#include <mux/pager.hpp>

#include "codec/codec.hpp"

namespace mux::inline v0::detail {

namespace {

void add_query(std::string& target, std::string_view name, std::string_view value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += name;
  target += '=';
  codec::percent_encode(value, target);
}

bool has_query(std::string_view target, std::string_view name) {
  const std::string key = std::string(name) + "=";
  for (std::size_t at = target.find(key); at != std::string_view::npos; at = target.find(key, at + 1))
    if (at > 0 && (target[at - 1] == '?' || target[at - 1] == '&')) return true;
  return false;
}

}  // namespace

page_walk::page_walk(std::shared_ptr<client_core> core, request_base first, int limit)
    : core_(std::move(core)), first_(std::move(first)), limit_(std::clamp(limit, 1, 100)) {}

request_base page_walk::next_request() const {
  request_base request = first_;
  if (!has_query(request.target, "limit")) add_query(request.target, "limit", std::to_string(limit_));
  if (!cursor_.empty()) {
    add_query(request.target, "cursor", cursor_);
  } else if (page_ > 1) {
    add_query(request.target, "page", std::to_string(page_));
  }
  return request;
}

result<void> page_walk::advance(std::size_t items, const std::optional<std::string>& next_cursor) {
  ++page_;
  if (first_.op->paging != pagination::cursor) {
    more_ = items > 0 && items >= static_cast<std::size_t>(limit_);
    return {};
  }
  if (!next_cursor || next_cursor->empty()) {
    more_ = false;
    return {};
  }
  if (*next_cursor == seen_ || *next_cursor == cursor_) {
    more_ = false;
    error e(errc::bad_response,
            "next_cursor: the same cursor came twice, the listing would go round in circles");
    e.phase = call_phase::decode;
    e.bytes_sent = true;
    return e;
  }
  cursor_ = *next_cursor;
  if (++steps_ == power_) {
    seen_ = cursor_;
    power_ *= 2;
    steps_ = 0;
  }
  return {};
}

std::string page_walk::position() const {
  return first_.op->paging == pagination::cursor ? cursor_ : std::to_string(page_);
}

}  // namespace mux::inline v0::detail
