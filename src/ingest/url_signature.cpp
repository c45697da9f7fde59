#include "ingest/url_signature.hpp"

#include <algorithm>
#include <vector>

namespace mux::inline v0::ingest {
namespace {

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool same(std::string_view name, std::string_view known) noexcept {
  return std::equal(name.begin(), name.end(), known.begin(), known.end(),
                    [](char a, char b) { return lower(a) == b; });
}

template <class Names>
bool is_one_of(std::string_view name, const Names& known) noexcept {
  return std::any_of(std::begin(known), std::end(known), [&](std::string_view k) { return same(name, k); });
}

std::string_view name_of(std::string_view parameter) noexcept {
  return parameter.substr(0, parameter.find('='));
}

// Nobody else uses these.
bool is_distinct(std::string_view name) noexcept {
  constexpr std::string_view names[] = {"awsaccesskeyid", "googleaccessid", "key-pair-id"};
  return same(name.substr(0, 6), "x-amz-") || same(name.substr(0, 7), "x-goog-") || is_one_of(name, names);
}

constexpr std::string_view beside_signature[] = {"signature", "expires", "policy"};
// Of a shared access signature of Azure, which always has its version.
constexpr std::string_view beside_sig[] = {"sig", "sv",  "se",    "sp",    "sr",  "st",  "spr", "sip",
                                           "ss",  "srt", "skoid", "sktid", "skt", "ske", "sks", "skv"};

}  // namespace

std::string without_signature(std::string_view url) {
  const std::size_t end = std::min(url.find('#'), url.size());
  const std::size_t begin = url.substr(0, end).find('?');
  if (begin == url.npos) return std::string(url);
  std::vector<std::string_view> parameters;
  bool has_signature = false, has_sig = false, has_version = false;
  for (std::size_t at = begin + 1; at <= end;) {
    const std::size_t stop = std::min(url.find('&', at), end);
    parameters.push_back(url.substr(at, stop - at));
    const std::string_view name = name_of(parameters.back());
    has_signature |= same(name, "signature");
    has_sig |= same(name, "sig");
    has_version |= same(name, "sv");
    at = stop + 1;
  }
  const auto signs = [&](std::string_view parameter) {
    const std::string_view name = name_of(parameter);
    return is_distinct(name) || (has_signature && is_one_of(name, beside_signature)) ||
           (has_sig && (same(name, "sig") || (has_version && is_one_of(name, beside_sig))));
  };
  if (std::none_of(parameters.begin(), parameters.end(), signs)) return std::string(url);
  std::string kept(url.substr(0, begin));
  char mark = '?';
  for (const std::string_view parameter : parameters) {
    if (signs(parameter)) continue;
    (kept += mark) += parameter;
    mark = '&';
  }
  return kept.append(url.substr(end));
}

}  // namespace mux::inline v0::ingest
