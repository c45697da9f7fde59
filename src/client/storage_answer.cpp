#include "client/storage_answer.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include <mux/json.hpp>

#include "client/answer_error.hpp"
#include "client/http_date.hpp"
#include "codec/codec.hpp"
#include "transport/text.hpp"

namespace mux::inline v0::client_detail {

namespace {

using kind = storage_answer::kind;

std::string_view field(const answer& said, std::string_view name) {
  for (const auto& [key, value] : said.headers)
    if (transport::same_text(key, name)) return value;
  return {};
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

/// `bytes=0-K`, of which some servers leave out `bytes=`: K + 1.
std::optional<std::uint64_t> durable_of(std::string_view range) {
  if (range.empty()) return 0;
  if (range.starts_with("bytes=")) range.remove_prefix(6);
  if (!range.starts_with("0-")) return {};
  const std::optional<std::uint64_t> last = number(range.substr(2));
  if (!last || *last == UINT64_MAX) return {};
  return *last + 1;
}

/// The text of `<Code>` in an error of the storage, if it is a plain word. Nothing else of the answer is
/// kept: it may quote the signed address.
std::string code_in(std::string_view xml) {
  constexpr std::string_view begin = "<Code>";
  const std::size_t at = xml.find(begin);
  if (at == std::string_view::npos) return {};
  const std::string_view code = xml.substr(at + begin.size(), xml.find('<', at + 1) - at - begin.size());
  const auto letter = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); };
  if (code.size() > 64 || !std::all_of(code.begin(), code.end(), letter)) return {};
  return std::string(code);
}

/// `crc32c=n03x6A==`, `md5=Ojk9c3dhfxgoKVVHYwFbHQ==`, in one header or two.
void read_hashes(const answer& said, storage_answer& into) {
  for (const auto& [key, value] : said.headers) {
    if (!transport::same_text(key, "x-goog-hash")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view one = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), one.size() + 1));
      while (one.starts_with(' ')) one.remove_prefix(1);
      if (one.starts_with("md5=")) into.md5 = one.substr(4);
      if (one.starts_with("crc32c=")) into.crc32c = one.substr(7);
    }
  }
}

/// The object as the storage's JSON interface shows it.
void read_object(std::string_view text, storage_answer& into) {
  const auto object = codec::read<string_map<json>>(text);
  if (!object) return;
  const auto member = [&](std::string_view name) {
    const json* found = object->find(name);
    result<std::string> value = found ? codec::read<std::string>(found->text) : std::string();
    return value ? std::move(*value) : std::string();
  };
  if (!into.size) into.size = number(member("size"));
  if (into.md5.empty()) into.md5 = member("md5Hash");
  if (into.crc32c.empty()) into.crc32c = member("crc32c");
}

error failure(errc code, int status, std::string why) {
  error e(code, std::move(why));
  e.http_status = status;
  e.phase = call_phase::done;
  e.bytes_sent = true;
  e.attempts = 1;
  return e;
}

storage_answer without_progress(kind what, error why) {
  storage_answer s;
  s.what = what;
  s.why = std::move(why);
  return s;
}

storage_answer finished(const answer& said) {
  // The storage itself names that type too, but sends nothing of it.
  if (!said.body.empty() && field(said, "content-type").starts_with("text/html"))
    return without_progress(kind::unclear, failure(errc::bad_response, said.status,
                                                   "a page of HTML where the storage's answer was expected"));
  storage_answer s;
  s.what = kind::finished;
  s.size = number(field(said, "x-goog-stored-content-length"));
  read_hashes(said, s);
  read_object(said.body, s);
  return s;
}

storage_answer incomplete(const answer& said) {
  if (!field(said, "location").empty())
    return without_progress(kind::refused,
                            failure(errc::unexpected_status, said.status,
                                    "the storage answered with a redirect, which is not followed"));
  const std::optional<std::uint64_t> durable = durable_of(field(said, "range"));
  if (!durable)
    return without_progress(
        kind::refused, failure(errc::bad_response, said.status, "the storage's Range cannot be understood"));
  storage_answer s;
  s.what = kind::incomplete;
  s.durable = *durable;
  return s;
}

}  // namespace

storage_answer read_storage_answer(const answer& said) {
  const int status = said.status;
  if (status == 200 || status == 201) return finished(said);
  if (status == 308) return incomplete(said);
  if (status > 200 && status < 300)
    return without_progress(kind::unclear, failure(errc::unexpected_status, status,
                                                   "the storage answered with a success that says nothing"));
  if (status == 404 || status == 410)
    return without_progress(kind::refused, failure(errc::upload_expired, status,
                                                   "the storage does not know this upload any more"));
  if (status == 408 || status == 429 || status >= 500) {
    storage_answer s = without_progress(
        kind::unclear, failure(code_of_status(status), status, "the storage could not take the bytes"));
    s.retry_after = parse_retry_after(field(said, "retry-after-ms"), field(said, "retry-after"),
                                      parse_http_date(field(said, "date")));
    return s;
  }
  storage_answer s =
      without_progress(kind::refused, failure(code_of_status(status), status,
                                              status < 400 ? "the storage answered with a redirect, which is "
                                                             "not followed"
                                                           : "the storage refused the bytes"));
  s.why.api_type = code_in(said.body);
  return s;
}

storage_answer no_storage_answer(error how) {
  how.ambiguous = false;  // nothing of an upload is spoilt by sending it twice
  switch (how.code) {
    case errc::pool_exhausted:
    case errc::resolve_failed:
    case errc::connect_failed:
    case errc::tls_failed:
    case errc::timed_out:
    case errc::connection_lost:
    case errc::connection_lost_unanswered:
    case errc::truncated_body:
      return without_progress(kind::unclear, std::move(how));
    default:
      return without_progress(kind::refused, std::move(how));
  }
}

}  // namespace mux::inline v0::client_detail
