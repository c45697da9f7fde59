#include "client/page_walk.hpp"

#include <algorithm>
#include <charconv>

#include "codec/codec.hpp"

namespace mux::inline v0::client_detail {

namespace {

void add_query(std::string& target, std::string_view name, std::string_view value) {
  target += target.find('?') == std::string::npos ? '?' : '&';
  target += name;
  target += '=';
  codec::percent_encode(value, target);
}

/// Where `name=` stands in the query of `target`, or npos.
std::size_t find_query(std::string_view target, std::string_view name) {
  const std::string key = std::string(name) + "=";
  for (std::size_t at = target.find(key); at != std::string_view::npos; at = target.find(key, at + 1))
    if (at > 0 && (target[at - 1] == '?' || target[at - 1] == '&')) return at;
  return std::string_view::npos;
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0) {
      out += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

/// Takes a parameter out of the query and returns its value; empty if it was not there.
std::string take_query(std::string& target, std::string_view name) {
  const std::size_t at = find_query(target, name);
  if (at == std::string::npos) return {};
  const std::size_t end = std::min(target.find('&', at), target.size());
  std::string value =
      percent_decode(std::string_view(target).substr(at + name.size() + 1, end - at - name.size() - 1));
  if (end < target.size())
    target.erase(at, end - at + 1);  // with the & behind it
  else
    target.erase(at - 1);  // with the ? or & in front of it
  return value;
}

}  // namespace

page_walk::page_walk(detail::request_base first, int limit)
    : first_(std::move(first)), limit_(std::clamp(limit, 1, 100)) {
  // A listing may begin in the middle: the walk takes over what the request says.
  cursor_ = take_query(first_.target, "cursor");
  if (const std::string page = take_query(first_.target, "page"); !page.empty())
    std::from_chars(page.data(), page.data() + page.size(), page_);
  if (const std::string own = take_query(first_.target, "limit"); !own.empty())
    std::from_chars(own.data(), own.data() + own.size(), limit_);
}

detail::request_base page_walk::request_at(const std::string& cursor) const {
  detail::request_base request = first_;
  add_query(request.target, "limit", std::to_string(limit_));
  if (!cursor.empty()) {
    add_query(request.target, "cursor", cursor);
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

}  // namespace mux::inline v0::client_detail
