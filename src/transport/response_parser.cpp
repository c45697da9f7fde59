#include "transport/response_parser.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "transport/gunzip.hpp"
#include "transport/text.hpp"

namespace mux::inline v0::transport {
namespace {

constexpr int interim_limit = 16;
constexpr std::size_t chunk_line_limit = 256;    // size and extensions; nobody sends extensions
constexpr std::uint64_t never_a_bomb = 1 << 20;  // zeros compress a thousandfold and harm nobody up to here
constexpr std::size_t shown_codings = 80;
constexpr std::string_view version = "HTTP/1.";

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

bool lists(std::string_view value, std::string_view option) noexcept {
  for (;;) {
    const std::size_t comma = std::min(value.find(','), value.size());
    if (same_text(trimmed(value.substr(0, comma)), option)) return true;
    if (comma == value.size()) return false;
    value.remove_prefix(comma + 1);
  }
}

}  // namespace

response_parser::response_parser(const response_limits& limits, wire_response& into, bool to_sink)
    : limits_(limits), into_(into), to_sink_(to_sink) {}

response_parser::~response_parser() = default;

void response_parser::fail(errc code, std::string reason) {
  step_ = step::failed;
  code_ = code;
  reason_ = std::move(reason);
  keep_alive_ = false;
}

response_parser::part response_parser::take(std::string_view bytes) {
  part taken;
  while (step_ != step::complete && step_ != step::failed && taken.body.empty()) {
    const std::string_view rest = bytes.substr(taken.used);
    std::size_t used = 0;
    if (step_ == step::fixed || step_ == step::until_end || step_ == step::chunk) {
      const part piece = take_body(rest);
      used = piece.used;
      taken.body = piece.body;
    } else {
      used = take_line(rest);
    }
    taken.used += used;
    if (used == 0) break;
  }
  return taken;
}

std::size_t response_parser::take_line(std::string_view bytes) {
  const bool framing = step_ == step::chunk_size || step_ == step::chunk_end;
  const std::size_t bound =
      framing ? chunk_line_limit : limits_.header - std::min(limits_.header, head_bytes_);
  const std::size_t end = bytes.find('\n', searched_);
  const std::size_t length = end == std::string_view::npos ? bytes.size() : end + 1;

  // What is no HTTP/1 at all would otherwise be awaited until its first line end.
  const std::size_t begun = step_ == step::status ? std::min(length, version.size()) : 0;
  if (bytes.substr(0, begun) != version.substr(0, begun))
    return fail(errc::bad_response, "not an HTTP/1 answer"), 0;
  if (length > bound) {
    if (framing) return fail(errc::bad_response, "a chunk's size line is too long"), 0;
    return fail(errc::response_too_large, "the head is larger than allowed"), 0;
  }
  if (end == std::string_view::npos) {
    searched_ = bytes.size();
    return 0;
  }
  searched_ = 0;
  if (end == 0 || bytes[end - 1] != '\r') return fail(errc::bad_response, "a line does not end in CR LF"), 0;
  const std::string_view line = bytes.substr(0, end - 1);
  if (!printable(line)) return fail(errc::bad_response, "a control byte in a line"), 0;

  if (!framing) head_bytes_ += length;
  switch (step_) {
    case step::status:
      take_status(line);
      break;
    case step::head:
      line.empty() ? begin_body() : take_field(line);
      break;
    case step::chunk_size:
      take_chunk_size(line);
      break;
    case step::chunk_end:
      step_ = step::chunk_size;
      if (!line.empty()) fail(errc::bad_response, "a chunk is longer than its size says");
      break;
    default:  // trailer
      if (line.empty())
        step_ = step::complete;
      else
        take_field(line);
      break;
  }
  return length;
}

void response_parser::take_status(std::string_view line) {
  const std::string_view rest = line.substr(std::min(line.size(), version.size()));
  const bool shaped = rest.size() >= 5 && (rest[0] == '0' || rest[0] == '1') && rest[1] == ' ' &&
                      std::all_of(rest.begin() + 2, rest.begin() + 5, digit) &&
                      (rest.size() == 5 || rest[5] == ' ');
  if (!shaped || rest[2] < '1' || rest[2] > '5')
    return fail(errc::bad_response, "the status line is malformed");
  http_1_0_ = rest[0] == '0';
  keep_alive_ = !http_1_0_;
  into_.status = (rest[2] - '0') * 100 + (rest[3] - '0') * 10 + (rest[4] - '0');
  step_ = step::head;
}

void response_parser::take_field(std::string_view line) {
  const std::size_t colon = line.find(':');
  const std::string_view name = line.substr(0, std::min(colon, line.size()));
  // This refuses folded lines and a blank before the colon, too.
  if (colon == std::string_view::npos || !token(name))
    return fail(errc::bad_response, "a header field is malformed");
  if (step_ == step::trailer) return;
  const std::string_view value = trimmed(line.substr(colon + 1));
  take_framing(name, value);
  if (step_ == step::head) into_.fields.add(name, value);
}

void response_parser::take_framing(std::string_view name, std::string_view value) {
  if (same_text(name, "content-length")) {
    std::uint64_t length = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), length);
    if (length_ || value.empty() || !std::all_of(value.begin(), value.end(), digit) ||
        parsed.ec != std::errc{})
      return fail(errc::bad_response, "Content-Length is no single number");
    length_ = length;
  } else if (same_text(name, "transfer-encoding")) {
    if (chunked_ || http_1_0_ || !same_text(value, "chunked"))
      return fail(errc::bad_response, "a transfer encoding other than chunked");
    chunked_ = true;
  } else if (same_text(name, "connection")) {
    if (lists(value, "close")) keep_alive_ = false;
  } else if (same_text(name, "content-encoding")) {
    take_codings(value);
  }
}

void response_parser::take_codings(std::string_view value) {
  for (;;) {
    const std::size_t comma = std::min(value.find(','), value.size());
    const std::string_view coding = trimmed(value.substr(0, comma));
    if (!coding.empty() && !same_text(coding, "identity")) {
      if (!codings_.empty()) codings_ += ", ";
      codings_ += token(coding) ? coding : "?";  // it may be shown
    }
    if (comma == value.size()) return;
    value.remove_prefix(comma + 1);
  }
}

void response_parser::begin_body() {
  if (chunked_ && length_) return fail(errc::bad_response, "both Content-Length and Transfer-Encoding");
  if (into_.status < 200) {
    if (into_.status == 101) return fail(errc::bad_response, "switches to a protocol that was not asked for");
    if (++interim_ > interim_limit) return fail(errc::bad_response, "too many interim answers");
    if (chunked_ || length_.value_or(0) > 0) return fail(errc::bad_response, "an interim answer with a body");
    into_.fields.clear();
    length_.reset();
    codings_.clear();
    step_ = step::status;
    return;
  }
  if (into_.status == 204 || into_.status == 304) {
    // A body that must not be there cannot be told from the next answer.
    if (into_.status == 204 && (chunked_ || length_.value_or(0) > 0)) keep_alive_ = false;
    size_ = 0;
    step_ = step::complete;
    return;
  }
  bound_ = streamed() ? std::numeric_limits<std::uint64_t>::max() : limits_.body;
  travel_bound_ = bound_;
  if (!chunked_) size_ = length_;
  if (!codings_.empty() && length_ != 0U) begin_coding();
  if (failed()) return;
  if (chunked_) {
    step_ = step::chunk_size;
  } else if (length_) {
    if (*length_ > travel_bound_) return fail(errc::response_too_large, "the body is larger than allowed");
    left_ = *length_;
    step_ = left_ == 0 ? step::complete : step::fixed;
  } else {
    keep_alive_ = false;
    left_ = std::numeric_limits<std::uint64_t>::max();
    step_ = step::until_end;
  }
}

void response_parser::begin_coding() {
  if (!same_text(codings_, "gzip") && !same_text(codings_, "x-gzip")) {
    return fail(errc::bad_response,
                "the body is coded with " + codings_.substr(0, shown_codings) + " instead of gzip");
  }
  decoder_ = std::make_unique<gunzip>();
  size_.reset();
  into_.fields.remove("content-encoding");
  into_.fields.remove("content-length");
  // What gzip cannot make smaller it makes slightly larger; members of nothing are endless.
  const std::uint64_t slack = bound_ / 1024 + 1024;
  travel_bound_ = bound_ + std::min(slack, std::numeric_limits<std::uint64_t>::max() - bound_);
}

void response_parser::take_chunk_size(std::string_view line) {
  std::uint64_t size = 0;
  const auto parsed = std::from_chars(line.data(), line.data() + line.size(), size, 16);
  const std::string_view extension = trimmed(line.substr(static_cast<std::size_t>(parsed.ptr - line.data())));
  if (parsed.ec != std::errc{} || line.front() == '-' || (!extension.empty() && extension.front() != ';'))
    return fail(errc::bad_response, "a chunk's size is no number");
  if (size > travel_bound_ - travelled_)
    return fail(errc::response_too_large, "the body is larger than allowed");
  left_ = size;
  step_ = step::chunk;
  if (size == 0) end_body(step::trailer);
}

response_parser::part response_parser::take_body(std::string_view bytes) {
  part taken;
  taken.body = bytes.substr(0, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
  if (taken.body.size() > travel_bound_ - travelled_)
    return fail(errc::response_too_large, "the body is larger than allowed"), part();
  if (decoder_) {
    const gunzip::step decoded = decoder_->decode(taken.body);
    taken.used = decoded.used;
    taken.body = decoded.made;
  } else {
    taken.used = taken.body.size();
  }
  left_ -= taken.used;
  travelled_ += taken.used;
  decoded_ += taken.body.size();
  if (decoder_) check_decoded();
  if (failed()) return part();
  if (left_ == 0) end_data();
  return taken;
}

void response_parser::check_decoded() {
  if (decoder_->broken())
    return fail(errc::bad_response, "the body is not sound gzip: " + std::string(decoder_->fault()));
  if (decoded_ > bound_) return fail(errc::response_too_large, "the body is larger than allowed");
  const auto inflation = static_cast<std::uint64_t>(std::max(limits_.inflation, 1));
  if (decoded_ > never_a_bomb && decoded_ / inflation > travelled_)
    fail(errc::response_too_large, "the body expands more than allowed");
}

void response_parser::end_data() {
  if (step_ == step::fixed)
    end_body(step::complete);
  else
    step_ = step::chunk_end;
}

void response_parser::end_body(step next) {
  if (decoder_ && !decoder_->whole())
    return fail(errc::truncated_body, "the body ended before the end of what it compresses");
  step_ = next;
}

void response_parser::end(bool orderly) {
  if (complete() || failed()) return;
  if (step_ == step::until_end && orderly)
    end_body(step::complete);
  else if (step_ > step::head)
    fail(errc::truncated_body, "the body ended before its end was announced");
  else
    fail(errc::connection_lost_unanswered, "the connection ended within the head of the answer");
}

}  // namespace mux::inline v0::transport
